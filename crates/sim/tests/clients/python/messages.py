"""Messages as a bot writes and reads them: embeds, files, replies, reactions, history; direct ones; webhooks; threads."""

import io

import discord

from stage import expect, holds, refused, same, scenario


@scenario("a message with embed, files and limited mentions is seen as it was sent, by members and by the library")
async def sending(stage):
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    embed = discord.Embed(title="Tea", description="It is *ready*.", colour=0x336699, url="https://example.org/tea")
    embed.add_field(name="Kind", value="Assam", inline=True)
    embed.set_footer(text="brewed slowly").set_author(name="Teapot").set_image(url="attachment://cup.png")
    embed.timestamp = discord.utils.utcnow()
    files = [discord.File(io.BytesIO(b"\x89PNG cup"), "cup.png", description="a cup"), discord.File(io.BytesIO(b"leaf"), "leaf.txt", spoiler=True)]  # fmt: skip
    echo = expect(bot, "message", lambda m: m.author == bot.user)
    sent = await channel.send(
        f"<@{stage.mia}> @everyone look", embed=embed, files=files, nonce="n-1", allowed_mentions=discord.AllowedMentions.none()
    )  # fmt: skip
    same((sent.content, sent.author, sent.mentions), (f"<@{stage.mia}> @everyone look", bot.user, []), "the message")
    holds(not sent.mention_everyone, "everyone is mentioned")
    same((await echo).id, sent.id, "the event of the own message")
    same((await echo).nonce, "n-1", "its nonce")
    back = sent.embeds[0]
    same((back.title, back.description, back.colour.value), ("Tea", "It is *ready*.", 0x336699), "the embed")
    same([(field.name, field.value, field.inline) for field in back.fields], [("Kind", "Assam", True)], "its fields")
    same((back.footer.text, back.author.name, back.timestamp), ("brewed slowly", "Teapot", embed.timestamp), "its rest")
    names = [(file.filename, file.size, file.description, file.is_spoiler()) for file in sent.attachments]
    wanted = [("SPOILER_leaf.txt", 4, None, True)]
    # A picture that stands in an embed is not listed again.
    same([name for name in names if name[0] != "cup.png"], wanted, "the files")
    leaf = next(file for file in sent.attachments if file.filename == "SPOILER_leaf.txt")
    same(await bot.http.get_from_cdn(leaf.url), b"leaf", "the file read back")
    seen = await stage.one(sent.id)
    same((seen["content"], seen["embeds"][0]["title"]), (sent.content, "Tea"), "what Mia sees")


@scenario("a member's message is heard with author, roles, reply and file")
async def hearing(stage):
    await stage.control("member", guild=str(stage.guild), user=stage.mia, nick="Mimi")
    bot = await stage.enter()
    question = await bot.get_channel(stage.general).send("tea?")
    heard = expect(bot, "message", lambda m: m.author.id == int(stage.mia))
    await stage.say("yes, please", reply_to=str(question.id))
    message = await heard
    same((message.type, message.reference.message_id), (discord.MessageType.reply, question.id), "the reply")
    same(message.reference.resolved.content, "tea?", "what is replied to")
    same((message.author.display_name, message.guild.id), ("Mimi", stage.guild), "author and guild")
    holds(isinstance(message.author, discord.Member), "the author is no member")
    answer = await message.reply("with milk", mention_author=False)
    same((answer.type, answer.reference.message_id), (discord.MessageType.reply, message.id), "the bot's reply")
    same(answer.reference.resolved.content, "yes, please", "what the bot replies to")
    same(answer.mentions, [], "whom the reply mentions")


@scenario("edits and deletions are done, told, and seen")
async def editing(stage):
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    sent = await channel.send("frist")
    told = expect(bot, "message_edit")
    edited = await sent.edit(content="first", embed=discord.Embed(title="now with a title"))
    same((edited.content, edited.embeds[0].title), ("first", "now with a title"), "the edited message")
    holds(edited.edited_at is not None, "it has no time of its edit")
    before, after = await told
    same((before.content, after.content), ("frist", "first"), "before and after")
    same((await stage.one(sent.id))["content"], "first", "what Mia sees")
    told = expect(bot, "message_delete")
    await sent.delete()
    same((await told).id, sent.id, "the deleted message")
    same(await stage.one(sent.id), None, "what Mia sees of it")
    heard, changed, gone = expect(bot, "message"), expect(bot, "message_edit"), expect(bot, "message_delete")
    own = await stage.say("hm")
    same((await heard).id, own, "Mia's message")
    await stage.control("rewrite", channel=str(stage.general), message=str(own), user=stage.mia, content="ah")
    same([m.content for m in await changed], ["hm", "ah"], "Mia's edit")
    await stage.control("unsay", channel=str(stage.general), message=str(own), user=stage.mia)
    same((await gone).id, own, "Mia's deletion")


@scenario("many messages are deleted at once")
async def bulk(stage):
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    wanted = [await stage.say(f"rubbish {n}") for n in range(6)]
    keep = await stage.say("treasure")
    told = expect(bot, "raw_bulk_message_delete")
    purged = await channel.purge(limit=50, check=lambda m: m.content.startswith("rubbish"), reason="spring")
    same(sorted(message.id for message in purged), wanted, "what purge says")
    same(sorted((await told).message_ids), wanted, "what is told")
    same([int(message["id"]) for message in await stage.seen()][-1], keep, "what is left")
    same(len(await stage.requests("POST", "/channels/{channel_id}/messages/bulk-delete")), 1, "the bulk deletions")


@scenario("reactions come and go, are counted, and name those who reacted")
async def reacting(stage):
    bot = await stage.enter()
    sent = await bot.get_channel(stage.general).send("vote")
    both = {"channel": str(stage.general), "message": str(sent.id), "user": stage.mia, "emoji": "👍"}
    told = expect(bot, "reaction_add", lambda reaction, user: user.id == int(stage.mia))
    await sent.add_reaction("👍")
    await stage.control("react", **both)
    reaction, user = await told
    same((str(reaction.emoji), reaction.count, reaction.me, user.name), ("👍", 2, True, "mia"), "the reaction")
    fetched = await sent.channel.fetch_message(sent.id)
    same([(str(r.emoji), r.count, r.me) for r in fetched.reactions], [("👍", 2, True)], "the fetched reactions")
    same({user.id async for user in fetched.reactions[0].users()}, {bot.user.id, int(stage.mia)}, "who reacted")
    gone = expect(bot, "raw_reaction_remove")
    await stage.control("unreact", **both)
    same((await gone).user_id, int(stage.mia), "who took it back")
    cleared = expect(bot, "raw_reaction_clear")
    await sent.clear_reactions()
    same((await cleared).message_id, sent.id, "the cleared message")
    same((await sent.channel.fetch_message(sent.id)).reactions, [], "what is left")


@scenario("history comes in pages, in both directions, and around a message")
async def history(stage):
    ids = [await stage.say(f"line {n}") for n in range(130)]
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    found = [m.id async for m in channel.history(limit=None)]
    same(found, ids[::-1], "all, newest first")
    found = [m.id async for m in channel.history(limit=None, oldest_first=True, after=discord.Object(ids[9]))]
    same(found, ids[10:], "after one, oldest first")
    found = [m.id async for m in channel.history(limit=3, before=discord.Object(ids[50]))]
    same(found, [ids[49], ids[48], ids[47]], "before one")
    around = [m.id async for m in channel.history(limit=5, around=discord.Object(ids[60]))]
    same(sorted(around), ids[58:63], "around one")
    same((await channel.fetch_message(ids[7])).content, "line 7", "the fetched one")


@scenario("a message is pinned and unpinned")
async def pinning(stage):
    bot = await stage.enter()
    sent = await bot.get_channel(stage.general).send("rules")
    await sent.pin(reason="so that all see it")
    same([m.id async for m in sent.channel.pins()], [sent.id], "the pins")
    await sent.unpin()
    same([m.id async for m in sent.channel.pins()], [], "the pins afterwards")


@scenario("typing is shown, and heard")
async def typing(stage):
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    async with channel.typing():
        pass
    told = expect(bot, "typing", lambda _, user, __: user.id == int(stage.mia))
    await stage.control("typing", channel=str(stage.general), user=stage.mia)
    place, user, when = await told
    same((place.id, user.name), (stage.general, "mia"), "who types where")
    holds(abs((discord.utils.utcnow() - when).total_seconds()) < 30, f"she types at {when}")


@scenario("a direct conversation is opened, written in, and answered")
async def direct(stage):
    bot = await stage.enter()
    mia = bot.get_user(int(stage.mia))
    sent = await mia.send("psst")
    same((type(sent.channel), sent.channel.recipient), (discord.DMChannel, mia), "the conversation")
    same((await stage.seen(channel=sent.channel.id))[-1]["content"], "psst", "what Mia reads")
    heard = expect(bot, "message", lambda m: m.author == mia)
    await stage.say("what?", channel=sent.channel.id)
    message = await heard
    same((message.content, message.channel.id, message.guild), ("what?", sent.channel.id, None), "the answer")
    same((await mia.create_dm()).id, sent.channel.id, "the conversation opened again")


@scenario("a webhook is made, writes, edits, deletes, and is removed")
async def webhook(stage):
    bot = await stage.enter()
    channel = bot.get_channel(stage.general)
    hook = await channel.create_webhook(name="Post", reason="letters")
    same((hook.name, hook.channel_id, hook.guild_id), ("Post", stage.general, stage.guild), "the webhook")
    heard = expect(bot, "message", lambda m: m.webhook_id == hook.id)
    sent = await hook.send("a letter", username="Postman", embed=discord.Embed(title="Stamp"), wait=True)
    same((sent.content, sent.author.name, sent.embeds[0].title), ("a letter", "Postman", "Stamp"), "the letter")
    message = await heard
    same((message.id, message.author.bot, message.author.name), (sent.id, True, "Postman"), "the letter's event")
    same((await sent.edit(content="a long letter")).content, "a long letter", "the edited letter")
    same((await hook.fetch_message(sent.id)).content, "a long letter", "the fetched letter")
    await sent.delete()
    await refused(hook.fetch_message(sent.id), discord.NotFound, 10008)
    file = await hook.send(file=discord.File(io.BytesIO(b"scroll"), "scroll.txt"), wait=True)
    same(file.attachments[0].filename, "scroll.txt", "the letter's file")
    same([h.id for h in await channel.webhooks()], [hook.id], "the channel's webhooks")
    same((await hook.edit(name="Mail")).name, "Mail", "the new name")
    # By its address alone, as those who are no bots use it.
    plain = discord.Webhook.partial(hook.id, hook.token, session=stage.control.session)
    same((await plain.fetch()).name, "Mail", "the webhook by its token")
    await hook.delete(reason="no more letters")
    await refused(plain.send("lost", wait=True), discord.NotFound, 10015)


@scenario("a thread is started from a message and written in")
async def thread(stage):
    bot = await stage.enter()
    sent = await bot.get_channel(stage.general).send("which tea?")
    told = expect(bot, "thread_create")
    begun = await sent.create_thread(name="on tea", auto_archive_duration=60)
    same((begun.name, begun.parent_id, (await told).id), ("on tea", stage.general, begun.id), "the thread")
    heard = expect(bot, "message", lambda m: m.channel.id == begun.id and m.author != bot.user)
    await begun.send("this one")
    await stage.say("that one", channel=begun.id)
    message = await heard
    same((message.content, type(message.channel)), ("that one", discord.Thread), "what is heard in it")
