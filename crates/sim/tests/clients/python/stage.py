"""What every scenario stands on: the control API, a guild with people in it, and discord.py pointed at the simulator.

The library is used as it is published. Two addresses are set, those of the API and of the gateway, and nothing else.
A scenario's bots are closed at its end, however it ends.
"""

import asyncio
import os
import sys

if os.environ.get("CLIENTS_WITHOUT_ZSTD"):
    # As on a machine that lacks the package: the library then asks for zlib-stream.
    sys.modules["zstandard"] = sys.modules["compression.zstd"] = None

import aiohttp
import discord
import yarl
from discord import gateway, http

ADMINISTRATOR = 8
WITHIN_S = 5
SCENARIOS = []


def scenario(sentence, within_s=10):
    """Registers a scenario under the sentence that it shows to hold."""

    def register(run):
        SCENARIOS.append((sentence, within_s, run))
        return run

    return register


class Refused(Exception):
    """The control API said no."""


class Control:
    """`POST /control/VERB`."""

    def __init__(self, session, url):
        self.session, self.url = session, url

    async def __call__(self, verb, **body):
        async with self.session.post(f"{self.url}/{verb}", json=body) as answer:
            told = await answer.json()
            if answer.status != 200:
                raise Refused(f"{verb}: {answer.status} {told['error']}")
            return told


class Stage:
    """A guild of Olga's with Mia in it, and an application that is installed there."""

    def __init__(self, control, api):
        self.control, self.api = control, api
        self.clients, self.running = [], []

    async def play(self, run):
        await self.build()
        await run(self)

    async def build(self):
        self.owner = await self.user("olga")
        guild = await self.control("guild", name="Tea room", owner=self.owner)
        self.guild, self.general = int(guild["id"]), int(guild["general"])
        self.mia = await self.member("mia", global_name="Mia")
        await self.application("Teapot", ADMINISTRATOR)

    async def application(self, name, permissions, **rest):
        """From now on the scenario's application is this one."""
        self.app = await self.control("application", name=name, owner=self.owner, **rest)
        self.app_id = int(self.app["id"])
        await self.install(self.guild, permissions)

    async def user(self, username, **rest):
        return (await self.control("user", username=username, **rest))["id"]

    async def member(self, username, **rest):
        user = await self.user(username, **rest)
        await self.control("join", guild=str(self.guild), user=user)
        return user

    async def install(self, guild, permissions):
        await self.control("install", guild=str(guild), application=self.app["id"], permissions=permissions)

    async def channel(self, name, **rest):
        return int((await self.control("channel", guild=str(self.guild), name=name, **rest))["id"])

    async def role(self, name, **rest):
        return int((await self.control("role", guild=str(self.guild), name=name, **rest))["id"])

    async def say(self, content, user=None, channel=None, **rest):
        told = await self.control(
            "say", channel=str(channel or self.general), user=user or self.mia, content=content, **rest
        )
        return int(told["id"])

    async def seen(self, channel=None, user=None):
        """The channel as a member sees it, oldest first."""
        told = await self.control("view", channel=str(channel or self.general), user=user or self.mia)
        return told["messages"]

    async def one(self, message, channel=None, user=None):
        """One message as a member sees it; None where it is gone."""
        seen = await self.seen(channel, user)
        return next((found for found in seen if found["id"] == str(message)), None)

    async def counts(self):
        counts = (await self.control("log/counts"))["counts"]
        return counts.get(self.app["id"], {})

    async def requests(self, method=None, route=None):
        """This bot's requests, oldest first."""
        told, after, found = None, 0, []
        while told is None or told["requests"]:
            told = await self.control("log/requests", after=str(after))
            found += told["requests"]
            after = found[-1]["number"] if found else 0
        fits = lambda entry: (  # noqa: E731
            entry["application"] == self.app["id"]
            and (method is None or entry["method"] == method)
            and (route is None or entry["route"].startswith(route))
        )
        return [entry for entry in found if fits(entry)]

    async def enter(self, kind=discord.Client, intents=None, token=None, **options):
        """Connects a bot as its author would, and returns it once it is ready."""
        client = kind(intents=intents or discord.Intents.all(), guild_ready_timeout=0.3, **options)
        self.clients.append(client)
        await client.login(token or self.app["token"])
        running = asyncio.create_task(client.connect())
        self.running.append(running)
        ready = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait({ready, running}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if running.done():
            await running
        return client

    async def leave(self):
        for client in self.clients:
            await client.close()
        for running in self.running:
            running.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    # Members at the bot's commands.

    async def invoke(self, command, user=None, channel=None, **options):
        told = await self.control(
            "invoke", channel=str(channel or self.general), user=user or self.mia, command=command, options=options
        )
        return told["interaction"]

    async def press(self, message, custom_id, values=(), user=None):
        told = await self.control(
            "press", channel=str(self.general), message=str(message), user=user or self.mia,
            custom_id=custom_id, values=list(values),
        )  # fmt: skip
        return told["interaction"]

    async def outcome(self, interaction, until="settled", wait_ms=WITHIN_S * 1000):
        return await self.control("outcome", interaction=interaction, until=until, wait_ms=wait_ms)


def expect(client, event, check=None):
    """Waits for an event from now on, before what causes it is done."""
    return asyncio.ensure_future(client.wait_for(event, check=check, timeout=WITHIN_S))


async def until(question, what, within_s=WITHIN_S):
    """Asks again until the answer is yes, for what no event tells."""
    end = asyncio.get_running_loop().time() + within_s
    while not (answer := await question()):
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"{what}: not within {within_s} s")
        await asyncio.sleep(0.02)
    return answer


def same(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what or 'it'} is {found!r}, and not {wanted!r}")


def holds(true, what):
    if not true:
        raise AssertionError(what)


async def refused(awaitable, kind, code=None):
    """The library raises its own exception, with Discord's code."""
    try:
        await awaitable
    except kind as error:
        if code is not None:
            same(error.code, code, "the error's code")
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def point_at(api, gateway_url):
    http.Route.BASE = f"{api}/v10"
    gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def open_session():
    return aiohttp.ClientSession()
