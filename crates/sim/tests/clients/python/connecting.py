"""Connecting: what the caches hold, intents, resuming, the orders of the gateway, shards."""

import asyncio

import discord

from stage import expect, holds, refused, same, scenario, until

VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11


@scenario("a bot that connects finds itself, its guild, channels, roles and members as they are")
async def caches(stage):
    tea = await stage.role("tea", permissions=SEND_MESSAGES, color=0xAA5500, hoist=True, mentionable=True)
    kitchen = await stage.channel("kitchen", type=4)
    kettle = await stage.channel("kettle", topic="water", parent=str(kitchen))
    voice = await stage.channel("voices", type=2)
    quiet = await stage.channel(
        "quiet", overwrites=[{"id": str(tea), "kind": 0, "allow": VIEW_CHANNEL, "deny": SEND_MESSAGES}]
    )
    await stage.control("member", guild=str(stage.guild), user=stage.mia, nick="Mimi", roles=[str(tea)])
    bot = await stage.enter()
    same((bot.user.id, bot.user.name, bot.user.bot), (stage.app_id, "Teapot", True), "the bot")
    same((bot.application_id, bot.application.name), (stage.app_id, "Teapot"), "the application")
    same([guild.id for guild in bot.guilds], [stage.guild], "the guilds")
    guild = bot.get_guild(stage.guild)
    same((guild.name, guild.owner_id, guild.unavailable), ("Tea room", int(stage.owner), False), "the guild")
    same((guild.member_count, len(guild.members), guild.chunked), (3, 3, True), "the members")
    same(guild.owner.name, "olga", "the owner")
    mia = guild.get_member(int(stage.mia))
    same((mia.name, mia.global_name, mia.nick, mia.display_name), ("mia", "Mia", "Mimi", "Mimi"), "Mia's names")
    same([role.name for role in mia.roles], ["@everyone", "tea"], "Mia's roles")
    holds(mia.joined_at is not None and mia.joined_at.tzinfo is not None, "Mia joined at no time")
    role = guild.get_role(tea)
    same((role.color.value, role.hoist, role.mentionable), (0xAA5500, True, True), "the role")
    same(role.permissions.value, SEND_MESSAGES, "the role's permissions")
    same(guild.default_role.id, stage.guild, "@everyone")
    holds(guild.me.guild_permissions.administrator, "the bot is no administrator")
    holds(guild.me.top_role.managed and guild.self_role == guild.me.top_role, "the bot has no role of its own")
    kinds = {channel.id: type(channel) for channel in guild.channels}
    wanted = {
        stage.general: discord.TextChannel,
        kitchen: discord.CategoryChannel,
        kettle: discord.TextChannel,
        voice: discord.VoiceChannel,
        quiet: discord.TextChannel,
    }
    same(kinds, wanted, "the channels")
    same((guild.get_channel(kettle).topic, guild.get_channel(kettle).category_id), ("water", kitchen), "the kettle")
    allow, deny = guild.get_channel(quiet).overwrites_for(role).pair()
    same((allow.value, deny.value), (VIEW_CHANNEL, SEND_MESSAGES), "the overwrite")
    same((await stage.counts())["identify"], 1, "the identifies")


@scenario("members of a large guild come in chunks when they are asked for")
async def chunks(stage):
    await stage.control("crowd", guild=str(stage.guild), prefix="guest", count=300)
    bot = await stage.enter(chunk_guilds_at_startup=False, max_messages=None)
    guild = bot.get_guild(stage.guild)
    same((guild.large, guild.member_count, guild.chunked), (True, 303, False), "large, counted, chunked")
    await guild.chunk()
    same((guild.chunked, len(guild.members)), (True, 303), "the chunked guild")
    found = await guild.query_members("guest29", limit=20)
    same(sorted(member.name for member in found), sorted(["guest29"] + [f"guest29{n}" for n in range(10)]), "the query")
    same([member.id for member in await guild.query_members(user_ids=[int(stage.mia)])], [int(stage.mia)], "by id")
    holds((await stage.counts())["request_members"] >= 3, "nothing was asked over the gateway")
    fetched = [member.id async for member in guild.fetch_members(limit=None)]
    same(len(set(fetched)), 303, "the members fetched by REST")


@scenario("without the members intent only those are known who show themselves")
async def few_members(stage):
    intents = discord.Intents.default()
    bot = await stage.enter(intents=intents)
    guild = bot.get_guild(stage.guild)
    same((guild.member_count, [m.id for m in guild.members]), (3, [stage.app_id]), "the members")
    fetched = await guild.fetch_member(int(stage.mia))
    same(fetched.name, "mia", "the fetched member")


@scenario("message content is there with its intent, and without it only where the bot is meant")
async def content(stage):
    curious = await stage.enter()
    heard = expect(curious, "message", lambda m: m.author.id == int(stage.mia))
    await stage.say("good morning")
    same((await heard).content, "good morning", "the content")
    await stage.application("Modest", 0)
    modest = await stage.enter(intents=discord.Intents.default())
    heard = expect(modest, "message")
    await stage.say("good evening")
    same(((await heard).content, (await heard).author.name), ("", "mia"), "the content without the intent")
    heard = expect(modest, "message")
    await stage.say(f"hello <@{stage.app_id}>")
    same((await heard).content, f"hello <@{stage.app_id}>", "a mention")
    holds(modest.user in (await heard).mentions, "the bot is not among the mentions")
    direct = int((await stage.control("direct", user=stage.mia, other=stage.app["id"]))["id"])
    heard = expect(modest, "message")
    await stage.say("between us", channel=direct)
    message = await heard
    same((message.content, message.guild, type(message.channel)), ("between us", None, discord.DMChannel), "a DM")


@scenario("no event comes that no intent asks for")
async def deaf(stage):
    bot = await stage.enter(intents=discord.Intents(guilds=True), enable_debug_events=True)
    types = []

    @bot.event
    async def on_socket_event_type(event):
        types.append(event)

    told = expect(bot, "guild_channel_create")
    await stage.say("unheard")
    await stage.control("typing", channel=str(stage.general), user=stage.mia)
    await stage.member("nina")
    await stage.channel("after")
    same((await told).name, "after", "the channel")
    same(types, ["CHANNEL_CREATE"], "what came")


@scenario("a privileged intent that the application lacks is refused in the library's own words")
async def privileged(stage):
    await stage.control("application/flags", application=stage.app["id"], flags=0)
    await refused(stage.enter(), discord.PrivilegedIntentsRequired)


@scenario("a wrong token is refused in the library's own words")
async def wrong_token(stage):
    await refused(stage.enter(token="MTIz.nothing.atall"), discord.LoginFailure)


async def resumed_after(stage, cause):
    """Everything said before, during and after a break arrives exactly once."""
    bot = await stage.enter()
    heard = []

    @bot.event
    async def on_message(message):
        heard.append(message.content)

    first = expect(bot, "message")
    await stage.say("before")
    await first
    last = expect(bot, "message", lambda m: m.content == "after")
    resumed = expect(bot, "resumed")
    same((await cause())["connections"], 1, "the connections hit")
    for number in range(5):
        await stage.say(f"meanwhile {number}")
    await resumed
    await stage.say("after")
    await last
    same(heard, ["before", *(f"meanwhile {n}" for n in range(5)), "after"], "what was heard")
    counts = await stage.counts()
    same((counts["identify"], counts["resumed"]), (1, 1), "identifies and resumes")
    same(bot.get_guild(stage.guild).member_count, 3, "the members after the resume")


@scenario("a dropped connection is resumed: no second IDENTIFY, and every event once")
async def drop(stage):
    await resumed_after(stage, lambda: stage.control("gateway/order", application=stage.app["id"], kind="drop"))


@scenario("op 7 is answered by a resume, and every event comes once")
async def reconnect(stage):
    await resumed_after(stage, lambda: stage.control("gateway/order", application=stage.app["id"], kind="reconnect"))


@scenario("op 9 that may be resumed is answered by a resume")
async def invalid_resumable(stage):
    order = {"application": stage.app["id"], "kind": "invalid_session", "resumable": True}
    await resumed_after(stage, lambda: stage.control("gateway/order", **order))


@scenario("close code 4000 is answered by a resume")
async def close_4000(stage):
    order = {"application": stage.app["id"], "kind": "close", "code": 4000}
    await resumed_after(stage, lambda: stage.control("gateway/order", **order))


@scenario("events sent while the gateway takes no connections come with the resume, once")
async def refused_connection(stage):
    async def cause():
        await stage.control("gateway/greet", kind="refuse")
        hit = await stage.control("gateway/order", application=stage.app["id"], kind="drop")

        async def closed():
            return (await stage.counts())["closed_by_client"]

        await until(closed, "the drop")
        return hit

    await resumed_after(stage, cause)


@scenario("a resume that is refused is followed by a new IDENTIFY", within_s=15)
async def refused_resume(stage):
    bot = await stage.enter()
    ready = asyncio.ensure_future(bot.wait_for("ready", timeout=12))
    await stage.control("gateway/refuse_resumes", times=1)
    await stage.control("gateway/order", application=stage.app["id"], kind="drop")
    await ready
    counts = await stage.counts()
    same((counts["identify"], counts["resume"], counts["resumed"]), (2, 1, 0), "identifies, resumes, resumed")


@scenario("op 9 that ends the session is answered by a new IDENTIFY", within_s=15)
async def invalid(stage):
    bot = await stage.enter()
    ready = asyncio.ensure_future(bot.wait_for("ready", timeout=12))
    await stage.control("gateway/order", application=stage.app["id"], kind="invalid_session", resumable=False)
    await ready
    counts = await stage.counts()
    same((counts["identify"], counts.get("resume", 0)), (2, 0), "identifies and resumes")
    heard = expect(bot, "message")
    await stage.say("again")
    same((await heard).content, "again", "what is heard afterwards")


@scenario("a heartbeat that is asked for is sent, and acknowledged")
async def heartbeat(stage):
    bot = await stage.enter()
    before = (await stage.counts())["heartbeat"]
    await stage.control("gateway/order", application=stage.app["id"], kind="beat_please")

    async def beaten():
        return (await stage.counts())["heartbeat"] > before

    await until(beaten, "a heartbeat")
    holds(bot.latency < 5, f"the heartbeat's latency is {bot.latency}")


@scenario("a presence is taken")
async def presence(stage):
    bot = await stage.enter()
    await bot.change_presence(activity=discord.Game("chess"), status=discord.Status.idle)

    async def taken():
        return (await stage.counts())["presence"] == 1

    await until(taken, "the presence")


@scenario("two shards share the guilds, and each hears its own", within_s=15)
async def shards(stage):
    await stage.application("Twins", 8, max_concurrency=2)
    places = {stage.guild: stage.general}
    for number in range(5):
        guild = await stage.control("guild", name=f"Hall {number}", owner=stage.owner)
        await stage.install(guild["id"], 8)
        places[int(guild["id"])] = int(guild["general"])
    bot = await stage.enter(kind=discord.AutoShardedClient, shard_count=2)
    same({guild.id for guild in bot.guilds}, set(places), "the guilds")
    for guild in bot.guilds:
        same(guild.shard_id, (guild.id >> 22) % 2, "the guild's shard")
        heard = expect(bot, "message", lambda m, guild=guild: m.guild == guild)
        await stage.say("hello", user=stage.owner, channel=places[guild.id])
        await heard
    same(sorted(bot.shards), [0, 1], "the shards")
    same((await stage.counts())["identify"], 2, "the identifies")
    heard = expect(bot, "shard_resumed")
    await stage.control("gateway/order", application=stage.app["id"], kind="reconnect")
    await heard
