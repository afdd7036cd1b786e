"""What every scenario stands on: a simulated Discord, a server with a bot in one guild, and a client made from proto/.

Everything is kept in one temporary folder and on free ports. The client is generated as its user would do it.
"""

import importlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import grpc
from grpc_status import rpc_status
from grpc_tools import protoc

# google.rpc's messages come with grpcio-status.
from google.rpc import error_details_pb2

HERE = os.path.dirname(os.path.abspath(__file__))
PROTO = os.path.realpath(os.path.join(HERE, "..", "..", "..", "..", "..", "proto"))
TOKEN = "a-token-of-the-operator"
WITHIN_S = 30


def generate(folder):
    """Generates the client into a folder and gives, for each service, its modules of messages and of calls."""
    well_known = os.path.join(os.path.dirname(protoc.__file__), "_proto")
    files = sorted(
        os.path.relpath(os.path.join(where, name), PROTO)
        for where, _, names in os.walk(PROTO)
        for name in names
        if name.endswith(".proto")
    )
    arguments = ["protoc", f"-I{PROTO}", f"-I{well_known}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    if protoc.main(arguments + files) != 0:
        raise RuntimeError("the client could not be generated")
    sys.path.insert(0, folder)
    made = {}
    for file in files:
        module = file.removesuffix(".proto").replace("/", ".")
        wire, calls = (importlib.import_module(module + end) for end in ("_pb2", "_pb2_grpc"))
        made.update({name: (wire, calls) for name in wire.DESCRIPTOR.services_by_name})
    return made


def ask(url, body=None, headers=None, method=None):
    """A request with JSON in and out: its status and answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


class Stage:
    """A guild with Ada and Bob in it, and Guildhall's server behind its bot."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.data_dir = os.path.join(folder, "data")

    def build(self):
        binary = os.path.realpath(os.environ["GUILDHALL_BIN"])
        api = self.simulator(binary)
        self.control = api.removesuffix("/api") + "/control"
        bot = self.town()
        self.server = self.start(binary, api, bot["token"])
        self.wait_until_ready()

    def simulator(self, binary):
        output = subprocess.PIPE
        simulator = subprocess.Popen(
            [binary, "sim", "serve", "--addr", "127.0.0.1:0", "--json"], cwd=self.folder, stdout=output, text=True
        )
        self.processes.append(simulator)
        for line in simulator.stdout:
            found = re.search(r'"api_url": *"([^"]+)"', line)
            if found:
                return found.group(1)
        raise RuntimeError("the simulated Discord did not start")

    def do(self, verb, **body):
        """Has the simulated Discord do something."""
        status, told = ask(f"{self.control}/{verb}", body)
        if status != 200:
            raise RuntimeError(f"{verb}: {told}")
        return told

    def town(self):
        do = self.do
        self.owner, self.ada, self.bob = (do("user", username=name)["id"] for name in ("olga", "ada", "bob"))
        hall = do("guild", name="Hall", owner=self.owner)
        self.guild, self.general = hall["id"], hall["general"]
        for user in (self.ada, self.bob):
            do("join", guild=self.guild, user=user)
        bot = do("application", name="Guildhall", owner=self.owner)
        do("install", guild=self.guild, application=bot["id"], permissions=8)
        return bot

    def command(self, who, command, **options):
        """A member runs a slash command; the message that answers it."""
        asked = self.do("invoke", channel=self.general, user=who, command=command, options=options)
        wanted = {"interaction": asked["interaction"], "until": "settled", "wait_ms": 10_000}
        return self.do("outcome", **wanted)["message"]

    def start(self, binary, api, token):
        addresses = {f"GUILDHALL_{name}_ADDR": "127.0.0.1:0" for name in ("HTTP", "GRPC", "OPS")}
        environment = {
            **addresses,
            "GUILDHALL_DATA_DIR": self.data_dir,
            "GUILDHALL_DISCORD_API_URL": api,
            "GUILDHALL_DISCORD_TOKEN": token,
            "GUILDHALL_API_TOKEN": TOKEN,
            "GUILDHALL_LOG": "warn",
        }
        server = subprocess.Popen([binary, "run"], cwd=self.folder, env=environment, stdout=subprocess.DEVNULL)
        self.processes.append(server)
        return server

    def wait_until_ready(self):
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            if self.server.poll() is not None:
                raise RuntimeError(f"the server ended with {self.server.returncode}")
            try:
                with open(os.path.join(self.data_dir, "run.json"), encoding="utf-8") as file:
                    self.addresses = json.load(file)
                if ask(f"http://{self.addresses['ops_addr']}/readyz")[0] == 200:
                    return
            except (OSError, ValueError, KeyError):
                pass  # It has not come so far yet.
            time.sleep(0.1)
        raise RuntimeError("the server was not ready in time")

    def channel(self):
        return grpc.insecure_channel(self.addresses["grpc_addr"])

    def rest(self, path, body, key, method=None):
        headers = {"authorization": f"Bearer {TOKEN}", "idempotency-key": key}
        return ask(f"http://{self.addresses['http_addr']}/api/v1/guilds/{self.guild}/{path}", body, headers, method)

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


def refused(call, code):
    """Makes a call that must be refused with this code, and gives what its details hold, by name."""
    try:
        answer = call()
    except grpc.RpcError as error:
        if error.code() is not code:
            raise AssertionError(f"{error.code()} instead of {code}: {error.details()}") from error
        details = {}
        for packed in rpc_status.from_call(error).details:
            name = packed.type_url.rpartition("google.rpc.")[2]
            message = getattr(error_details_pb2, name)()
            packed.Unpack(message)
            details[name] = message
        return details
    raise AssertionError(f"not refused: {answer}")


def same(found, wanted, what):
    if found != wanted:
        raise AssertionError(f"{what}: {found!r} instead of {wanted!r}")
