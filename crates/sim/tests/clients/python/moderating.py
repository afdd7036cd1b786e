"""Members, roles and channels in a bot's hands: time-outs, kicks, bans, the audit log, and what it may not do."""

import datetime

import discord

from stage import expect, holds, refused, same, scenario

KICK, BAN, VIEW, SEND, HISTORY = 1 << 1, 1 << 2, 1 << 10, 1 << 11, 1 << 16
MANAGE_ROLES, MODERATE = 1 << 28, 1 << 40


async def newest(guild, action):
    """The newest entry of a kind: who did it, to whom, why."""
    entry = [entry async for entry in guild.audit_logs(limit=1, action=action)][0]
    return (entry.user.id, entry.target.id, entry.reason)


@scenario("a member is timed out and forgiven, with the reason in the audit log")
async def timeout(stage):
    bot = await stage.enter()
    guild = bot.get_guild(stage.guild)
    mia = guild.get_member(int(stage.mia))
    told = expect(bot, "member_update")
    until = discord.utils.utcnow() + datetime.timedelta(minutes=10)
    await mia.timeout(until, reason="shouting: «loud»")
    before, after = await told
    same((before.is_timed_out(), after.is_timed_out()), (False, True), "timed out before and after")
    holds(abs((after.timed_out_until - until).total_seconds()) < 1, f"until {after.timed_out_until}")
    action = discord.AuditLogAction.member_update
    same(await newest(guild, action), (bot.user.id, mia.id, "shouting: «loud»"), "the entry")
    try:
        await stage.say("but")
    except Exception as error:
        holds("SEND_MESSAGES" in str(error), f"refused otherwise: {error}")
    else:
        raise AssertionError("a member who is timed out may write")
    told = expect(bot, "member_update")
    await mia.timeout(None)
    same((await told)[1].is_timed_out(), False, "timed out after all")
    await stage.say("thanks")


@scenario("roles are made, given, taken, changed and deleted")
async def roles(stage):
    bot = await stage.enter()
    guild = bot.get_guild(stage.guild)
    mia = guild.get_member(int(stage.mia))
    made = expect(bot, "guild_role_create")
    role = await guild.create_role(name="guest", colour=0x112233, permissions=discord.Permissions(send_messages=True), reason="a party")
    same(((await made).id, role.colour.value), (role.id, 0x112233), "the new role")
    told = expect(bot, "member_update")
    await mia.add_roles(role, reason="she came")
    same([r.name for r in (await told)[1].roles], ["@everyone", "guest"], "Mia's roles")
    seen = await stage.control("member/view", guild=str(stage.guild), user=stage.mia)
    same(seen["roles"], [str(role.id)], "Mia's roles in the world")
    action = discord.AuditLogAction.member_role_update
    entry = [entry async for entry in guild.audit_logs(limit=1, action=action)][0]
    same(([r.id for r in entry.after.roles], entry.reason), ([role.id], "she came"), "the entry")
    told = expect(bot, "member_update")
    await mia.remove_roles(role)
    same([r.name for r in (await told)[1].roles], ["@everyone"], "Mia's roles afterwards")
    changed = expect(bot, "guild_role_update")
    await role.edit(name="friend", hoist=True)
    same([r.name for r in await changed], ["guest", "friend"], "the changed role")
    gone = expect(bot, "guild_role_delete")
    await role.delete()
    same((await gone).id, role.id, "the deleted role")
    same(guild.get_role(role.id), None, "the role in the cache")


@scenario("a nickname is changed, the bot's own too")
async def nickname(stage):
    bot = await stage.enter()
    guild = bot.get_guild(stage.guild)
    told = expect(bot, "member_update", lambda before, after: after.id == int(stage.mia))
    await guild.get_member(int(stage.mia)).edit(nick="Mimi")
    same((await told)[1].nick, "Mimi", "Mia's nickname")
    told = expect(bot, "member_update", lambda before, after: after.id == bot.user.id)
    await guild.me.edit(nick="Pot")
    same((await told)[1].nick, "Pot", "the bot's nickname")


@scenario("members join, leave and are kicked, and the bot is told")
async def kicking(stage):
    bot = await stage.enter()
    guild = bot.get_guild(stage.guild)
    told = expect(bot, "member_join")
    nina = await stage.member("nina")
    same((await told).id, int(nina), "who joined")
    same(guild.member_count, 4, "the members")
    told = expect(bot, "member_remove")
    await stage.control("leave", guild=str(stage.guild), user=nina)
    same((await told).id, int(nina), "who left")
    told = expect(bot, "member_remove")
    await guild.get_member(int(stage.mia)).kick(reason="spilled the tea")
    same((await told).id, int(stage.mia), "who was kicked")
    same(guild.member_count, 2, "the members afterwards")
    wanted = (bot.user.id, int(stage.mia), "spilled the tea")
    same(await newest(guild, discord.AuditLogAction.kick), wanted, "the entry")


@scenario("a member is banned and unbanned, with the reasons in ban list and audit log")
async def banning(stage):
    bot = await stage.enter()
    guild = bot.get_guild(stage.guild)
    mia = guild.get_member(int(stage.mia))
    banned, removed = expect(bot, "member_ban"), expect(bot, "member_remove")
    entered = expect(bot, "audit_log_entry_create", lambda entry: entry.action is discord.AuditLogAction.ban)
    await stage.say("spam")
    await guild.ban(mia, reason="salt & pepper/ü", delete_message_seconds=3600)
    same(((await banned)[1].id, (await removed).id), (mia.id, mia.id), "who was banned and removed")
    same((await entered).reason, "salt & pepper/ü", "the entry's event")
    same(await newest(guild, discord.AuditLogAction.ban), (bot.user.id, mia.id, "salt & pepper/ü"), "the entry")
    same([(ban.user.id, ban.reason) async for ban in guild.bans()], [(mia.id, "salt & pepper/ü")], "the bans")
    same((await guild.fetch_ban(mia)).reason, "salt & pepper/ü", "the ban")
    left = [message["content"] for message in await stage.seen(user=stage.owner) if message["content"] == "spam"]
    same(left, [], "the messages of the last hour")
    unbanned = expect(bot, "member_unban")
    await guild.unban(mia, reason="sorry")
    same((await unbanned)[1].id, mia.id, "who was unbanned")
    same(await newest(guild, discord.AuditLogAction.unban), (bot.user.id, mia.id, "sorry"), "the entry")
    await refused(guild.fetch_ban(mia), discord.NotFound, 10026)


@scenario("channels are made, changed and deleted, and what they allow is told")
async def channels(stage):
    bot = await stage.enter()
    guild = bot.get_guild(stage.guild)
    made = expect(bot, "guild_channel_create")
    channel = await guild.create_text_channel("cellar", topic="wine", overwrites={guild.default_role: discord.PermissionOverwrite(view_channel=False)})
    same(((await made).id, channel.topic), (channel.id, "wine"), "the channel")
    holds(not channel.permissions_for(guild.get_member(int(stage.mia))).view_channel, "Mia sees the cellar")
    changed = expect(bot, "guild_channel_update")
    await channel.set_permissions(guild.get_member(int(stage.mia)), view_channel=True)
    await changed
    channel = guild.get_channel(channel.id)  # the cached one; the event of the creation put it in place of the first
    holds(channel.permissions_for(guild.get_member(int(stage.mia))).view_channel, "Mia does not see the cellar")
    changed = expect(bot, "guild_channel_update")
    await channel.edit(name="attic", slowmode_delay=5)
    same([c.name for c in await changed], ["cellar", "attic"], "the changed channel")
    gone = expect(bot, "guild_channel_delete")
    await channel.delete(reason="rebuilding")
    same((await gone).id, channel.id, "the deleted channel")
    await refused(bot.fetch_channel(channel.id), discord.NotFound, 10003)


async def limited(stage, permissions):
    """A bot that is no administrator."""
    await stage.application("Guest", permissions)
    return await stage.enter()


@scenario("what the bot lacks the permission for is Forbidden: 50013")
async def forbidden(stage):
    bot = await limited(stage, VIEW | SEND | HISTORY)
    guild = bot.get_guild(stage.guild)
    mia = guild.get_member(int(stage.mia))
    await refused(mia.ban(), discord.Forbidden, 50013)
    await refused(mia.timeout(datetime.timedelta(minutes=1)), discord.Forbidden, 50013)
    await refused(guild.create_role(name="king"), discord.Forbidden, 50013)
    holds(await stage.control("member/view", guild=str(stage.guild), user=stage.mia), "Mia is gone")


@scenario("roles and members above the bot, and the owner, are out of its reach: 50013")
async def hierarchy(stage):
    captain = await stage.role("captain")  # made before the bot's own role comes in below it
    await stage.control("member", guild=str(stage.guild), user=stage.mia, roles=[str(captain)])
    bot = await limited(stage, KICK | BAN | VIEW | MANAGE_ROLES | MODERATE)
    guild = bot.get_guild(stage.guild)
    mia = guild.get_member(int(stage.mia))
    holds(guild.get_role(captain) > guild.me.top_role, "the captain stands below the bot")
    await refused(guild.owner.kick(), discord.Forbidden, 50013)
    await refused(mia.kick(), discord.Forbidden, 50013)
    await refused(mia.timeout(datetime.timedelta(minutes=1)), discord.Forbidden, 50013)
    await refused(mia.remove_roles(discord.Object(captain)), discord.Forbidden, 50013)
    told = expect(bot, "member_update")
    await stage.control("member", guild=str(stage.guild), user=stage.mia, roles=[])
    await told
    await mia.kick()


@scenario("a channel that the bot may not see is Forbidden: 50001")
async def hidden(stage):
    deny = [{"id": str(stage.guild), "kind": 0, "allow": 0, "deny": VIEW}]
    hidden = await stage.channel("hidden", overwrites=deny)
    bot = await limited(stage, SEND)
    await refused(bot.fetch_channel(hidden), discord.Forbidden, 50001)
    await refused(bot.get_partial_messageable(hidden).send("hello?"), discord.Forbidden, 50001)
    stranger = await stage.control("guild", name="Elsewhere", owner=stage.owner)
    await refused(bot.fetch_guild(int(stranger["id"])), discord.HTTPException)


@scenario("what is not there is NotFound, and what breaks a limit is refused: 10008, 10013, 50035, 50006")
async def missing(stage):
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    await refused(channel.fetch_message(stage.general + 1), discord.NotFound, 10008)
    await refused(channel.get_partial_message(stage.general + 1).delete(), discord.NotFound, 10008)
    await refused(bot.fetch_user(stage.general + 1), discord.NotFound, 10013)
    error = await refused(channel.send("x" * 2001), discord.HTTPException, 50035)
    holds("content: Must be 2000 or fewer in length." in str(error), f"it says: {error}")
    await refused(channel.send(""), discord.HTTPException, 50006)
    error = await refused(channel.send(embed=discord.Embed(title="x" * 257)), discord.HTTPException, 50035)
    holds("embeds.0.title" in str(error).replace("In ", ""), f"it says: {error}")
    other = await stage.say("mine")
    await refused(channel.get_partial_message(other).edit(content="yours"), discord.Forbidden, 50005)
