"""A server with one bot in one guild, and every route of its description tried: no failure of the server, and no answer
that the description does not have."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

TOKEN = "a-token-of-the-operator"
WITHIN_S = 30
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def ask(url, body=None):
    """A request with JSON in and out: its status and answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


class Town:
    """The simulated Discord and the server behind its bot; both end with this."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.data_dir = os.path.join(folder, "data")
        self.binary = os.path.realpath(os.environ["GUILDHALL_BIN"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()

    def build(self):
        api = self.simulator()
        control = api.removesuffix("/api") + "/control"

        def do(verb, **body):
            status, told = ask(f"{control}/{verb}", body)
            if status != 200:
                raise RuntimeError(f"{verb}: {told}")
            return told

        owner = do("user", username="olga")["id"]
        guild = do("guild", name="Hall", owner=owner)["id"]
        bot = do("application", name="Guildhall", owner=owner)
        do("install", guild=guild, application=bot["id"], permissions=8)
        self.serve(api, bot["token"])
        return self.address(), guild

    def simulator(self):
        command = [self.binary, "sim", "serve", "--addr", "127.0.0.1:0", "--json"]
        simulator = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.processes.append(simulator)
        for line in simulator.stdout:
            found = re.search(r'"api_url": *"([^"]+)"', line)
            if found:
                return found.group(1)
        raise RuntimeError("the simulated Discord did not start")

    def serve(self, api, token):
        environment = {f"GUILDHALL_{name}_ADDR": "127.0.0.1:0" for name in ("HTTP", "GRPC", "OPS")}
        environment.update(
            GUILDHALL_DATA_DIR=self.data_dir,
            GUILDHALL_DISCORD_API_URL=api,
            GUILDHALL_DISCORD_TOKEN=token,
            GUILDHALL_API_TOKEN=TOKEN,
            GUILDHALL_LOG="error",
        )
        server = subprocess.Popen([self.binary, "run"], cwd=self.folder, env=environment, stdout=subprocess.DEVNULL)
        self.processes.append(server)

    def address(self):
        """Where the server is, once it is ready."""
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            try:
                with open(os.path.join(self.data_dir, "run.json"), encoding="utf-8") as file:
                    addresses = json.load(file)
                if ask(f"http://{addresses['ops_addr']}/readyz")[0] == 200:
                    return addresses["http_addr"]
            except (OSError, ValueError, KeyError):
                pass  # It has not come so far yet.
            time.sleep(0.1)
        raise RuntimeError("the server was not ready in time")


def main():
    with tempfile.TemporaryDirectory() as folder, Town(folder) as town:
        address, guild = town.build()
        with open(os.path.join(folder, "schemathesis.toml"), "w", encoding="utf-8") as file:
            file.write(f'[parameters]\n"path.guild_id" = "{guild}"\n"path.bot_id" = "shared"\n')
        command = [
            *(os.environ["GUILDHALL_TEST_SCHEMATHESIS"], "run", f"http://{address}/api/openapi.json"),
            *("-H", f"Authorization: Bearer {TOKEN}", "-c", CHECKS, "--phases", "coverage,fuzzing,stateful"),
            *("-n", os.environ.get("GUILDHALL_TEST_EXAMPLES", "8"), "--seed", "20261129", "--continue-on-failure"),
            *("--no-color", "--warnings", "off"),
        ]
        tried = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    print(tried.stdout)
    routes = re.search(r"Tested: +(\d+)", tried.stdout)
    count = int(routes.group(1)) if routes else 0
    failed = 0 if tried.returncode == 0 and count > 0 else 1
    print(f"{count} passed, {failed} failed, 0 skipped")
    return failed


if __name__ == "__main__":
    sys.exit(main())
