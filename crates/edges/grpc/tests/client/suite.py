"""Runs the scenarios one after the other against one server; prints a line each, and `N passed, N failed, N skipped`.

What a README says of the gRPC API is tried here with the library that a reader would take.
"""

import json
import signal
import sys
import tempfile
import time
import traceback

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.timestamp_pb2 import Timestamp

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


class Service:
    """The generated client of one service, with the token in every call and a deadline on it."""

    def __init__(self, name, place, channel, made):
        self.wire, calls = made
        self.place, self.described = place, self.wire.DESCRIPTOR.services_by_name[name]
        self.stub = getattr(calls, f"{name}Stub")(channel)

    def ask(self, method, request, metadata=BEARER):
        return getattr(self.stub, method)(request, metadata=metadata, timeout=10)

    def call(self, method, **fields):
        """Calls a method of the guild with these fields."""
        kind = self.described.methods_by_name[method].input_type.name
        return self.ask(method, getattr(self.wire, kind)(guild_id=self.place.guild, **fields))


class Client(Service):
    """All services; what is called without naming one is the economy."""

    def __init__(self, place, made):
        self.channel = place.channel()
        self.services = {name: Service(name, place, self.channel, of) for name, of in made.items()}
        super().__init__("Economy", place, self.channel, made["Economy"])
        self.audit, self.config = self.services["Audit"], self.services["Config"]
        self.memory, self.moderation = self.services["Memory"], self.services["Moderation"]

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
    for service in client.services.values():
        for method in service.described.methods:
            request = getattr(service.wire, method.input_type.name)(guild_id=client.place.guild)
            for metadata in ((), (("authorization", "Bearer wrong"),), (("authorization", TOKEN),)):
                ask = lambda: service.ask(method.name, request, metadata)  # noqa: B023, E731
                details = refused(ask, grpc.StatusCode.UNAUTHENTICATED)
                same(details["ErrorInfo"].reason, "TOKEN_MISSING", f"the reason of {method.full_name}")


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


def daily(amount):
    return json.dumps({"economy": {"daily": {"amount": amount}}})


@scenario("settings are put in force, and the document comes back whole")
def config_put(client):
    first = client.config.call("Get")
    same(json.loads(first.document_json)["economy"]["daily"]["amount"], 100, "the daily at first")
    base = first.revision
    written = client.config.call(
        "Put", idempotency_key="put", document_json=daily(250), note="more", base_revision=base
    )
    same(written.revision, base + 1, "the revision")
    now = client.config.call("Get")
    same((now.revision, now.author_id, now.note), (base + 1, "operator", "more"), "what is in force")
    same(json.loads(now.document_json)["economy"]["daily"]["amount"], 250, "the daily")
    same(abs(now.created_at.seconds - time.time()) < 60, True, "its time is now")


@scenario("settings that go by an older revision are aborted, and a key writes once")
def config_again(client):
    head = client.config.call("Get").revision
    put = lambda key, amount, **more: client.config.call(  # noqa: E731
        "Put", idempotency_key=key, document_json=daily(amount), **more
    )
    details = refused(lambda: put("stale", 300, base_revision=head - 1), grpc.StatusCode.ABORTED)
    same(details["ErrorInfo"].metadata["head"], str(head), "what is in force, among the values")
    same(put("once", 260).revision, head + 1, "the first answer")
    same(put("once", 260).revision, head + 1, "the second answer")
    refused(lambda: put("once", 270), grpc.StatusCode.ALREADY_EXISTS)
    body = {"document": json.loads(daily(280))}
    same(client.place.rest("config", body, "edges", "PUT"), (200, {"revision": head + 2}), "REST's answer")
    same(put("edges", 280).revision, head + 2, "the answer to REST's key")
    same(client.config.call("Get").revision, head + 2, "what is in force")


@scenario("what is wrong in settings is named with every place")
def config_wrong(client):
    code, before = grpc.StatusCode.INVALID_ARGUMENT, client.config.call("Get").revision
    document = {"economy": {"daily": {"amount": -1}}, "privacy": {"retention_days": 0}}
    put = lambda text: client.config.call("Put", idempotency_key="wrong", document_json=text)  # noqa: E731
    details = refused(lambda: put(json.dumps(document)), code)
    fields = [violation.field for violation in details["BadRequest"].field_violations]
    same(fields, ["document_json/economy/daily/amount", "document_json/privacy/retention_days"], "the places")
    details = refused(lambda: put("{"), code)
    same(details["BadRequest"].field_violations[0].field, "document_json", "the field")
    # As long as a request may be: the refusal still fits what a client takes.
    details = refused(lambda: put(json.dumps({"x" * 500_000: 1})), code)
    same(details["BadRequest"].field_violations[0].field.startswith("document_json/xxx"), True, "the place")
    same(client.config.call("Get").revision, before, "what is in force")


@scenario("settings are rolled back, and the history says what changed")
def config_back(client):
    head = client.config.call("Get").revision
    back = client.config.call("RollBack", idempotency_key="back", to_revision=1, note="as it was")
    same(back.revision, head + 1, "the revision")
    document = json.loads(client.config.call("Get").document_json)
    same(document["economy"]["daily"]["amount"], 100, "the daily")
    page = client.config.call("History", limit=1)
    same((page.items[0].revision, page.items[0].note), (head + 1, "as it was"), "the newest")
    change = page.items[0].changes[0]
    same((change.path, change.new_json), ("/economy/daily/amount", "100"), "what changed")
    page = client.config.call("History", cursor=page.next)
    same([item.revision for item in page.items], list(range(head, 0, -1)), "the rest")
    same(page.next, "", "the end")
    gone = lambda: client.config.call("RollBack", idempotency_key="gone", to_revision=99)  # noqa: E731
    refused(gone, grpc.StatusCode.NOT_FOUND)


@scenario("the audit says who changed the settings, and why")
def audit(client):
    wire = client.audit.wire
    found = client.audit.call("Search", kind=wire.AUDIT_KIND_CONFIG, text="AS IT WAS").items
    same([entry.action for entry in found], ["undo"], "what was decided")
    entry = client.audit.call("Get", entry_id=found[0].id)
    same((entry.outcome, entry.actor.token), (wire.AUDIT_OUTCOME_EXECUTED, "operator"), "by whom")
    same("/economy/daily/amount" in entry.content.content, True, f"what changed: {entry.content}")
    same(entry.config_revision, client.config.call("Get").revision, "the revision")
    access = client.audit.call("Search", kind=wire.AUDIT_KIND_ACCESS, action="config_put").items
    same(len(access), 3, "the writes through a token")
    seen, cursor = [], ""
    while True:
        page = client.audit.call("Search", cursor=cursor, limit=2)
        seen += [entry.id for entry in page.items]
        cursor = page.next
        if not cursor:
            break
    same(seen, [entry.id for entry in client.audit.call("Search", limit=200).items], "the pages together")
    same(len(set(seen)) == len(seen) >= 8, True, "no entry is missed or doubled")
    since = Timestamp(seconds=int(time.time()) + 60)
    same(len(client.audit.call("Search", since=since).items), 0, "what was decided in a minute from now")
    refused(lambda: client.audit.call("Get", entry_id="1"), grpc.StatusCode.NOT_FOUND)
    details = refused(lambda: client.audit.call("Search", user_id="ada"), grpc.StatusCode.INVALID_ARGUMENT)
    same(details["BadRequest"].field_violations[0].field, "user_id", "the field")


def rule(word):
    return json.dumps({"trigger": {"kind": "words", "words": [word]}, "actions": [{"kind": "delete"}]})


@scenario("a rule is written, tried on a text, and removed")
def rules(client):
    moderation, head = client.moderation, client.config.call("Get").revision
    put = lambda key, text, **more: moderation.call(  # noqa: E731
        "PutRule", idempotency_key=key, rule_id="ads", rule_json=text, **more
    )
    written = put("rule", rule("ads"), note="no ads", base_revision=head)
    same((written.revision, json.loads(written.rule_json)["mode"]), (head + 1, "act"), "the rule")
    same(put("rule", rule("ads"), note="no ads", base_revision=head), written, "the second answer")
    refused(lambda: put("rule", rule("offer")), grpc.StatusCode.ALREADY_EXISTS)
    refused(lambda: put("stale", rule("offer"), base_revision=head), grpc.StatusCode.ABORTED)
    details = refused(lambda: put("wrong", '{"trigger": {"kind": "tea"}}'), grpc.StatusCode.INVALID_ARGUMENT)
    field = details["BadRequest"].field_violations[0].field
    same(field.startswith("rule_json/trigger"), True, f"the place, which is {field}")
    listed = moderation.call("ListRules")
    same(([json.loads(text)["id"] for text in listed.items_json], listed.revision), (["ads"], head + 1), "the rules")
    hits = moderation.call("TryText", content="Buy A\u200bDS", user_id=client.place.ada).hits
    same([(hit.rule_id, hit.matched[0].start, hit.matched[0].end) for hit in hits], [("ads", 4, 8)], "the hits")
    same(json.loads(hits[0].actions_json[0]), {"kind": "delete"}, "what would follow")
    same(len(moderation.call("TryText", content="adsorb").hits), 0, "the hits in another word")
    gone = moderation.call("DeleteRule", idempotency_key="gone", rule_id="ads")
    same((gone.revision, gone.HasField("rule_json")), (head + 2, False), "what is left")
    again = lambda: moderation.call("DeleteRule", idempotency_key="again", rule_id="ads")  # noqa: E731
    refused(again, grpc.StatusCode.NOT_FOUND)


@scenario("a case is told and taken back once, whichever edge it is asked at")
def cases(client):
    place, moderation = client.place, client.moderation
    for reason in ("shouting", "shouting again"):
        place.command(place.owner, "warn", user=place.bob, reason=reason)
    listed = moderation.call("ListCases", user_id=place.bob, limit=1)
    rest = moderation.call("ListCases", user_id=place.bob, cursor=listed.next)
    same([case.number for case in (*listed.items, *rest.items)], [2, 1], "the cases")
    case = moderation.call("GetCase", number=1)
    same(case, rest.items[0], "the first case")
    same((case.kind, case.state, case.moderator_id), ("warn", "open", place.owner), "what it is")
    same(case.reason, "shouting", "its reason")
    undo = lambda key, number, reason: moderation.call(  # noqa: E731
        "UndoCase", idempotency_key=key, number=number, reason=reason
    )
    undone = undo("undo", 1, "a song")
    same((undone.state, undone.undone_by, undone.undo_reason), ("undone", "token:operator", "a song"), "the case")
    same(undo("undo", 1, "a song"), undone, "the second answer")
    refused(lambda: undo("undo", 1, "noise"), grpc.StatusCode.ALREADY_EXISTS)
    refused(lambda: undo("none", 9, ""), grpc.StatusCode.NOT_FOUND)
    status, told = place.rest("cases/2/undo", {"reason": "a song too"}, "case-edges")
    same((status, told["state"]), (200, "undone"), "REST's answer")
    same(undo("case-edges", 2, "a song too").state, "undone", "the answer to REST's key")


@scenario("what is remembered is listed and forgotten")
def memories(client):
    place, memory = client.place, client.memory
    for text in ("My cat is called Miso", "I play the cello"):
        place.command(place.ada, "memory add", text=text)
    first = memory.call("List", user_id=place.ada, limit=1)
    found = [*first.items, *memory.call("List", user_id=place.ada, cursor=first.next).items]
    same([item.text for item in found], ["I play the cello", "My cat is called Miso"], "what is remembered")
    same({(item.subject, item.user_id, item.origin) for item in found}, {("member", place.ada, "added")}, "of whom")
    same(all(item.expires_at.seconds > item.at.seconds for item in found), True, "their times")
    forget = lambda key, wanted: memory.call("Forget", idempotency_key=key, memory_id=wanted)  # noqa: E731
    same(forget("forget", found[0].id), forget("forget", found[0].id), "both answers")
    refused(lambda: forget("forget-none", found[0].id), grpc.StatusCode.NOT_FOUND)
    status, _ = place.rest(f"memories/{found[1].id}", None, "memory-edges", "DELETE")
    same(status, 204, "REST's answer")
    forget("memory-edges", found[1].id)
    same(len(memory.call("List").items), 0, "what is left")


@scenario("the health is told to everybody")
def health(client):
    stub = health_pb2_grpc.HealthStub(client.channel)
    for service in ("", *(service.described.full_name for service in client.services.values())):
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
    pool = DescriptorPool(database)
    for service in client.services.values():
        name, wanted = service.described.full_name, [method.name for method in service.described.methods]
        same(name in services, True, f"{name} among {services}")
        found = pool.FindServiceByName(name)
        same([method.name for method in found.methods], wanted, f"the methods of {name}")


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
            made = stage.generate(folder)
            place.build()
            client = Client(place, made)
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
