"""Runs the scenarios one after the other against one server; prints a line each, and `N passed, N failed, N skipped`.

What a README says of the gRPC API is tried here with the library that a reader would take.
"""

import signal
import sys
import tempfile
import time
import traceback

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from google.protobuf.descriptor_pool import DescriptorPool

import stage
from stage import TOKEN, refused, same

BEARER = (("authorization", f"Bearer {TOKEN}"),)
SCENARIOS = []


def scenario(sentence):
    """Registers a scenario under the sentence that it shows to hold."""

    def register(run):
        SCENARIOS.append((sentence, run))
        return run

    return register


class Client:
    """The generated client with the token in every call and a deadline on it."""

    def __init__(self, place, wire, calls):
        self.place, self.wire = place, wire
        self.channel = place.channel()
        self.stub = calls.EconomyStub(self.channel)

    def ask(self, method, request, metadata=BEARER):
        return getattr(self.stub, method)(request, metadata=metadata, timeout=10)

    def grant(self, key, user, amount):
        return self.move(key, "faucet:grant", f"purse:{user}", amount)

    def move(self, key, from_account, to_account, amount):
        request = self.wire.CreateTransferRequest(
            guild_id=self.place.guild,
            idempotency_key=key,
            from_account=from_account,
            to_account=to_account,
            amount=amount,
            reason="prize",
        )
        return self.ask("CreateTransfer", request)

    def balance(self, user):
        request = self.wire.GetAccountRequest(guild_id=self.place.guild, user_id=user)
        return self.ask("GetAccount", request).balance


@scenario("a transfer moves coins, and names its cause")
def transfer(client):
    moved = client.grant("first", client.place.ada, 50)
    same((moved.from_account, moved.amount, moved.kind), ("faucet:grant", 50, "grant"), "the transfer")
    same((moved.cause.kind, moved.HasField("reverses")), ("api", False), "its cause")
    same(abs(moved.at.seconds - time.time()) < 60, True, "its time is now")
    same(client.balance(client.place.ada), 50, "the balance")


@scenario("the same key and content change nothing and answer as at first")
def retry(client):
    first = client.grant("again", client.place.bob, 7)
    same(client.grant("again", client.place.bob, 7), first, "the second answer")
    same(client.balance(client.place.bob), 7, "the balance")


@scenario("the same key with other content is refused")
def conflict(client):
    client.grant("conflict", client.place.bob, 1)
    before = client.balance(client.place.bob)
    details = refused(lambda: client.grant("conflict", client.place.bob, 2), grpc.StatusCode.ALREADY_EXISTS)
    same(details["ErrorInfo"].domain, "guildhall", "whose reason it is")
    same(client.balance(client.place.bob), before, "the balance")


@scenario("a key that was used over REST is known over gRPC")
def both_edges(client):
    body = {"from": "faucet:grant", "to": f"purse:{client.place.bob}", "amount": 3, "reason": "prize"}
    status, told = client.place.rest("transfers", body, "both")
    same(status, 201, "REST's answer")
    before = client.balance(client.place.bob)
    same(client.grant("both", client.place.bob, 3).id, told["id"], "the transfer")
    same(client.balance(client.place.bob), before, "the balance")


@scenario("an overdraft is refused, and says how much there is")
def overdraft(client):
    before = client.balance(client.place.ada)
    take = lambda: client.move("over", f"purse:{client.place.ada}", "sink:revoke", before + 1)  # noqa: E731
    details = refused(take, grpc.StatusCode.FAILED_PRECONDITION)
    same(str(before) in details["ErrorInfo"].metadata.values(), True, "what there is, among the values")
    same(bool(details["RequestInfo"].request_id), True, "the id for the log")
    same(client.balance(client.place.ada), before, "the balance")


@scenario("a value that is not acceptable is named by its field")
def fields(client):
    code = grpc.StatusCode.INVALID_ARGUMENT
    for amount in (0, -1, 2**53):
        details = refused(lambda: client.grant("bad", client.place.ada, amount), code)
        same(details["BadRequest"].field_violations[0].field, "amount", f"the field of {amount}")
    details = refused(lambda: client.grant("", client.place.ada, 1), code)
    same(details["BadRequest"].field_violations[0].field, "idempotency_key", "the field")
    refused(lambda: client.grant("stranger", "4242", 1), code)


@scenario("without the right token there is no answer")
def wrong_token(client):
    request = client.wire.GetSupplyRequest(guild_id=client.place.guild)
    for metadata in ((), (("authorization", "Bearer wrong"),), (("authorization", TOKEN),)):
        details = refused(lambda: client.ask("GetSupply", request, metadata), grpc.StatusCode.UNAUTHENTICATED)
        same(details["ErrorInfo"].reason, "TOKEN_MISSING", "the reason")


@scenario("a guild that the bot is not in is not found")
def unknown_guild(client):
    for guild in ("1", "abc", ""):
        request = client.wire.GetSupplyRequest(guild_id=guild)
        refused(lambda: client.ask("GetSupply", request), grpc.StatusCode.NOT_FOUND)


@scenario("lists go on by their cursor, newest first")
def lists(client):
    found, cursor = [], ""
    while True:
        request = client.wire.ListTransfersRequest(guild_id=client.place.guild, cursor=cursor, limit=2)
        page = client.ask("ListTransfers", request)
        found += [item.id for item in page.items]
        cursor = page.next
        if not cursor:
            break
    whole = client.ask("ListTransfers", client.wire.ListTransfersRequest(guild_id=client.place.guild))
    same(found, [item.id for item in whole.items], "the pages together")
    same(len(found) >= 4 and len(set(found)) == len(found), True, "no transfer is missed or doubled")


@scenario("the leaderboard ranks by balance, and the supply sums to zero")
def board(client):
    request = client.wire.GetLeaderboardRequest(guild_id=client.place.guild, by=client.wire.RANK_BY_BALANCE)
    lines = client.ask("GetLeaderboard", request).items
    wanted = [(1, client.place.ada), (2, client.place.bob)]
    same([(line.rank, line.user_id) for line in lines], wanted, "the lines")
    same([line.value for line in lines], [client.balance(user) for _, user in wanted], "their values")
    supply = client.ask("GetSupply", client.wire.GetSupplyRequest(guild_id=client.place.guild))
    same(supply.sum, 0, "the sum")
    same(supply.circulating, sum(line.value for line in lines), "what circulates")


@scenario("the health is told to everybody")
def health(client):
    stub = health_pb2_grpc.HealthStub(client.channel)
    for service in ("", "guildhall.v1.Economy"):
        told = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
        same(told.status, health_pb2.HealthCheckResponse.SERVING, f"the health of `{service}`")


@scenario("reflection tells a holder of the token what there is, and nobody else")
def reflection(client):
    def listed(metadata):
        def with_token(details):
            return grpc_call_details(details, metadata)

        database = ProtoReflectionDescriptorDatabase(grpc.intercept_channel(client.channel, Metadata(with_token)))
        return database, sorted(database.get_services())

    refused_with = None
    try:
        listed(())
    except grpc.RpcError as error:
        refused_with = error.code()
    same(refused_with, grpc.StatusCode.UNAUTHENTICATED, "without a token")
    database, services = listed(BEARER)
    same("guildhall.v1.Economy" in services, True, f"Economy among {services}")
    found = DescriptorPool(database).FindServiceByName("guildhall.v1.Economy")
    wanted = ["CreateTransfer", "GetAccount", "GetLeaderboard", "GetSupply", "ListTransfers"]
    same(sorted(method.name for method in found.methods), wanted, "its methods")


class Metadata(grpc.StreamStreamClientInterceptor):
    """Adds metadata to the calls of a library that takes none."""

    def __init__(self, change):
        self.change = change

    def intercept_stream_stream(self, continuation, details, requests):
        return continuation(self.change(details), requests)


def grpc_call_details(details, metadata):
    class Details(grpc.ClientCallDetails):
        method, timeout, credentials = details.method, 10, details.credentials
        wait_for_ready, compression = details.wait_for_ready, details.compression

    changed = Details()
    changed.metadata = list(metadata)
    return changed


@scenario("at SIGTERM it says in the health that it ends, and ends with 0 within five seconds")
def ending(client):
    stub = health_pb2_grpc.HealthStub(client.channel)
    watched = stub.Watch(health_pb2.HealthCheckRequest(service="guildhall.v1.Economy"))
    same(next(watched).status, health_pb2.HealthCheckResponse.SERVING, "the health at first")
    began = time.monotonic()
    client.place.server.send_signal(signal.SIGTERM)
    same(next(watched).status, health_pb2.HealthCheckResponse.NOT_SERVING, "the health at the end")
    same(list(watched), [], "what it says after that")
    same(client.place.server.wait(timeout=10), 0, "the exit code")
    took_s = time.monotonic() - began
    same(took_s < 5, True, f"within five seconds ({took_s:.1f})")


def play(client, run):
    try:
        run(client)
    except Exception:
        return traceback.format_exc()
    return None


def main():
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        place = stage.Stage(folder)
        try:
            wire, calls = stage.generate(folder)
            place.build()
            client = Client(place, wire, calls)
            for sentence, run in SCENARIOS:
                wrong = play(client, run)
                print(f"{'FAIL' if wrong else 'ok'}: grpcio {grpc.__version__}: {sentence}", flush=True)
                if wrong:
                    print(wrong, flush=True)
                passed, failed = passed + (not wrong), failed + bool(wrong)
        finally:
            place.end()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
