"""Rate limits and failures of REST: the library waits as long as it is told, and not a request goes out before."""

import asyncio

import discord

from stage import holds, refused, same, scenario

MESSAGES = "/channels/{channel_id}/messages"
RETRY_AFTER_MS = 900


async def limit(stage, **rest):
    await stage.control("rest/fault", times=1, kind="rate_limited", retry_after_ms=RETRY_AFTER_MS, **rest)


def waited_ms(entries):
    """How long it was from the refusal to the first request after it."""
    refused_at = next(index for index, entry in enumerate(entries) if entry["status"] == 429)
    return (entries[refused_at + 1]["at_us"] - entries[refused_at]["at_us"]) / 1000


@scenario("a 429 of a route is waited out, and the message sent once")
async def route_limit(stage):
    bot = await stage.enter()
    await limit(stage, method="POST", route=f"/channels/{stage.general}/messages", **{"global": False}, scope="user")
    sent = await asyncio.gather(*(bot.get_channel(stage.general).send(f"number {n}") for n in range(3)))
    entries = await stage.requests("POST", MESSAGES)
    same([entry["status"] for entry in entries].count(429), 1, "the refusals")
    holds(waited_ms(entries) >= RETRY_AFTER_MS, f"it waited {waited_ms(entries)} ms")
    seen = sorted(message["content"] for message in await stage.seen())
    same((seen, len(sent)), (["number 0", "number 1", "number 2"], 3), "what was sent")


@scenario("a global 429 holds back every route")
async def global_limit(stage):
    other = await stage.channel("other")
    bot = await stage.enter()
    await limit(stage, method="POST", route=f"/channels/{stage.general}/messages", **{"global": True}, scope="global")
    first = asyncio.ensure_future(bot.get_channel(stage.general).send("first"))

    async def refused_once():
        while not any(entry["status"] == 429 for entry in await stage.requests("POST", MESSAGES)):
            await asyncio.sleep(0.01)

    await refused_once()
    await bot.get_channel(other).send("second")
    await bot.fetch_user(int(stage.mia))
    await first
    entries = [entry for entry in await stage.requests() if entry["route"] != "/gateway"]
    holds(waited_ms(entries) >= RETRY_AFTER_MS, f"it waited {waited_ms(entries)} ms")
    same([entry["status"] for entry in entries].count(429), 1, "the refusals")


@scenario("the limits that the headers tell are kept without being refused", within_s=15)
async def headers(stage):
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    for number in range(8):
        await channel.send(f"number {number}")
    statuses = {entry["status"] for entry in await stage.requests("POST", MESSAGES)}
    same(statuses, {200}, "the statuses")
    entries = await stage.requests("POST", MESSAGES)
    took_ms = (entries[5]["at_us"] - entries[0]["at_us"]) / 1000
    holds(took_ms >= 4_900, f"the sixth message went out after {took_ms} ms")


@scenario("a server's failure is tried again, and a lasting one becomes the library's own exception", within_s=15)
async def server_errors(stage):
    bot = await stage.enter()
    await stage.control("rest/fault", times=1, method="GET", route="/users", kind="status", status=502)
    same((await bot.fetch_user(int(stage.mia))).name, "mia", "the user")
    same([e["status"] for e in await stage.requests("GET", "/users/{user_id}")], [502, 200], "the statuses")
    await stage.control("rest/fault", times=1, method="GET", route="/guilds", kind="status", status=503)
    await refused(bot.fetch_guild(stage.guild), discord.DiscordServerError)
    await stage.control("rest/fault", times=1, method="GET", route="/guilds", kind="html", status=400)
    error = await refused(bot.fetch_guild(stage.guild), discord.HTTPException)
    holds("<html" in error.text.lower(), f"it says: {error.text}")
