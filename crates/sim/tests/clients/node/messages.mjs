// Messages as a bot writes and reads them: embeds, files, replies, reactions, history; direct ones; webhooks; threads.

import { AttachmentBuilder, Colors, EmbedBuilder, Events, MessageType, WebhookClient } from 'discord.js';
import { address, control, expect, holds, refused, same, scenario } from './stage.mjs';

scenario('a message with embed, files and limited mentions is seen as it was sent', async (stage) => {
  const bot = await stage.enter();
  const channel = bot.channels.cache.get(stage.general);
  const embed = new EmbedBuilder()
    .setTitle('Tea')
    .setDescription('It is *ready*.')
    .setColor(Colors.Blue)
    .addFields({ name: 'Kind', value: 'Assam', inline: true })
    .setFooter({ text: 'brewed slowly' })
    .setImage('attachment://cup.png')
    .setTimestamp(new Date('2026-01-02T03:04:05.678Z'));
  const files = [
    new AttachmentBuilder(Buffer.from('PNG cup'), { name: 'cup.png', description: 'a cup' }),
    new AttachmentBuilder(Buffer.from('leaf'), { name: 'leaf.txt' }).setSpoiler(true),
  ];
  const content = `<@${stage.mia}> @everyone look`;
  const echo = expect(bot, Events.MessageCreate, (message) => message.author.id === bot.user.id);
  const sent = await channel.send({ content, embeds: [embed], files, nonce: '7', allowedMentions: { parse: [] } });
  same([sent.content, sent.author.id, sent.mentions.users.size, sent.mentions.everyone], [content, bot.user.id, 0, false]);
  const [echoed] = await echo;
  same([echoed.id, echoed.nonce], [sent.id, '7']);
  const [back] = sent.embeds;
  same([back.title, back.color, back.footer.text], ['Tea', Colors.Blue, 'brewed slowly']);
  same(back.fields, [{ name: 'Kind', value: 'Assam', inline: true }]);
  same(new Date(back.timestamp).getTime(), Date.parse('2026-01-02T03:04:05.678Z'));
  const leaf = sent.attachments.find((file) => file.name === 'SPOILER_leaf.txt');
  same([leaf.size, leaf.spoiler], [4, true]);
  same(await (await fetch(leaf.url)).text(), 'leaf');
  const seen = await stage.one(sent.id);
  same([seen.content, seen.embeds[0].title], [content, 'Tea']);
});

scenario("a member's message is heard with author, member, reply and what it answers", async (stage) => {
  await control('member', { guild: stage.guild, user: stage.mia, nick: 'Mimi' });
  const bot = await stage.enter();
  const question = await bot.channels.cache.get(stage.general).send('tea?');
  const heard = expect(bot, Events.MessageCreate, (message) => message.author.id === stage.mia);
  await stage.say('yes, please', { reply_to: question.id });
  const [message] = await heard;
  same([message.type, message.reference.messageId], [MessageType.Reply, question.id]);
  same([message.member.displayName, message.guildId], ['Mimi', stage.guild]);
  same((await message.fetchReference()).content, 'tea?');
  const answer = await message.reply({ content: 'with milk', allowedMentions: { repliedUser: false } });
  same([answer.type, answer.reference.messageId, answer.mentions.repliedUser?.id], [MessageType.Reply, message.id, stage.mia]);
  same(answer.mentions.users.size, 0);
});

scenario('edits and deletions are done, told, and seen', async (stage) => {
  const bot = await stage.enter();
  const sent = await bot.channels.cache.get(stage.general).send('frist');
  let told = expect(bot, Events.MessageUpdate);
  const edited = await sent.edit({ content: 'first', embeds: [{ title: 'now with a title' }] });
  same([edited.content, edited.embeds[0].title], ['first', 'now with a title']);
  holds(edited.editedTimestamp);
  same((await told)[1].content, 'first');
  same((await stage.one(sent.id)).content, 'first');
  told = expect(bot, Events.MessageDelete);
  await sent.delete();
  same((await told)[0].id, sent.id);
  same(await stage.one(sent.id), null);
  const [heard, changed, gone] = [Events.MessageCreate, Events.MessageUpdate, Events.MessageDelete].map((event) =>
    expect(bot, event),
  );
  const own = { channel: stage.general, message: await stage.say('hm'), user: stage.mia };
  await heard;
  await control('rewrite', { ...own, content: 'ah' });
  same((await changed).map((message) => message.content), ['hm', 'ah']);
  await control('unsay', own);
  same((await gone)[0].id, own.message);
});

scenario('many messages are deleted at once', async (stage) => {
  const bot = await stage.enter();
  const wanted = [];
  for (let number = 0; number < 6; number += 1) wanted.push(await stage.say(`rubbish ${number}`));
  const keep = await stage.say('treasure');
  const told = expect(bot, Events.MessageBulkDelete);
  const deleted = await bot.channels.cache.get(stage.general).bulkDelete(wanted);
  same([...deleted.keys()].sort(), wanted);
  same([...(await told)[0].keys()].sort(), wanted);
  same((await stage.seen()).at(-1).id, keep);
});

scenario('reactions come and go, are counted, and name those who reacted', async (stage) => {
  const bot = await stage.enter();
  const sent = await bot.channels.cache.get(stage.general).send('vote');
  const both = { channel: stage.general, message: sent.id, user: stage.mia, emoji: '👍' };
  const told = expect(bot, Events.MessageReactionAdd, (_, user) => user.id === stage.mia);
  await sent.react('👍');
  await control('react', both);
  const [reaction] = await told;
  same([reaction.emoji.name, reaction.count, reaction.me], ['👍', 2, true]);
  same([...(await reaction.users.fetch()).keys()].sort(), [bot.user.id, stage.mia].sort());
  const fetched = await sent.fetch(true);
  same(fetched.reactions.cache.map((found) => [found.emoji.name, found.count, found.me]), [['👍', 2, true]]);
  const gone = expect(bot, Events.MessageReactionRemove);
  await control('unreact', both);
  same((await gone)[1].id, stage.mia);
  const cleared = expect(bot, Events.MessageReactionRemoveAll);
  await sent.reactions.removeAll();
  same((await cleared)[0].id, sent.id);
});

scenario('history comes in pages, in both directions, and around a message; pins are listed', async (stage) => {
  const ids = [];
  for (let number = 0; number < 110; number += 1) ids.push(await stage.say(`line ${number}`));
  const bot = await stage.enter();
  const { messages } = bot.channels.cache.get(stage.general);
  const page = await messages.fetch({ limit: 100 });
  same([...page.keys()], ids.slice(10).reverse());
  same([...(await messages.fetch({ limit: 100, before: page.lastKey() })).keys()], ids.slice(0, 10).reverse());
  same([...(await messages.fetch({ limit: 3, after: ids[49] })).keys()].sort(), ids.slice(50, 53));
  same([...(await messages.fetch({ limit: 5, around: ids[60] })).keys()].sort(), ids.slice(58, 63));
  same((await messages.fetch(ids[7])).content, 'line 7');
  await messages.pin(ids[3], 'so that all see it');
  // The library tells moments in milliseconds: two pins in the same one can't be told apart by it.
  for (const pinned = Date.now(); Date.now() <= pinned + 1; ) await messages.fetch(ids[3]);
  await messages.pin(ids[1]);
  const pins = await messages.fetchPins();
  same([pins.items.map(({ message }) => message.id), pins.hasMore], [[ids[1], ids[3]], false]);
  const earlier = await messages.fetchPins({ before: pins.items[0].pinnedAt });
  same(earlier.items.map(({ message }) => message.id), [ids[3]]);
});

scenario('a direct conversation is opened, written in, and answered', async (stage) => {
  const bot = await stage.enter();
  const sent = await (await bot.users.fetch(stage.mia)).send('psst');
  same((await stage.seen({ channel: sent.channelId })).at(-1).content, 'psst');
  const heard = expect(bot, Events.MessageCreate, (message) => message.author.id === stage.mia);
  await stage.say('what?', { channel: sent.channelId });
  const [message] = await heard;
  same([message.content, message.channelId, message.guildId], ['what?', sent.channelId, null]);
});

scenario('typing is shown, and heard', async (stage) => {
  const bot = await stage.enter();
  await bot.channels.cache.get(stage.general).sendTyping();
  const told = expect(bot, Events.TypingStart, ({ user }) => user.id === stage.mia);
  await control('typing', { channel: stage.general, user: stage.mia });
  const [typing] = await told;
  same([typing.channel.id, typing.member.displayName], [stage.general, 'Mia']);
  holds(Math.abs(Date.now() - typing.startedTimestamp) < 30_000);
});

scenario('a webhook is made, writes, edits, deletes, and is removed', async (stage) => {
  const bot = await stage.enter();
  const channel = bot.channels.cache.get(stage.general);
  const hook = await channel.createWebhook({ name: 'Post', reason: 'letters' });
  same([hook.name, hook.channelId, hook.guildId], ['Post', stage.general, stage.guild]);
  // By its id and token alone, as those who are no bots use it.
  const plain = new WebhookClient({ id: hook.id, token: hook.token }, { rest: { api: `${address}/api` } });
  const heard = expect(bot, Events.MessageCreate, (message) => message.webhookId === hook.id);
  const sent = await plain.send({ content: 'a letter', username: 'Postman', embeds: [{ title: 'Stamp' }] });
  const [message] = await heard;
  same([message.id, message.author.username, message.embeds[0].title], [sent.id, 'Postman', 'Stamp']);
  same((await plain.editMessage(sent.id, 'a long letter')).content, 'a long letter');
  same((await plain.fetchMessage(sent.id)).content, 'a long letter');
  await plain.deleteMessage(sent.id);
  await refused(plain.fetchMessage(sent.id), 10008);
  const files = [new AttachmentBuilder(Buffer.from('scroll'), { name: 'scroll.txt' })];
  same((await plain.send({ files })).attachments[0].filename, 'scroll.txt');
  same([...(await channel.fetchWebhooks()).keys()], [hook.id]);
  same((await hook.edit({ name: 'Mail' })).name, 'Mail');
  await plain.delete('no more letters');
  await refused(plain.send('lost'), 10015);
});

scenario('a thread is started from a message and written in', async (stage) => {
  const bot = await stage.enter();
  const sent = await bot.channels.cache.get(stage.general).send('which tea?');
  const told = expect(bot, Events.ThreadCreate);
  const thread = await sent.startThread({ name: 'on tea', autoArchiveDuration: 60 });
  same([thread.name, thread.parentId, (await told)[0].id], ['on tea', stage.general, thread.id]);
  const heard = expect(bot, Events.MessageCreate, (message) => message.author.id === stage.mia);
  await thread.send('this one');
  await stage.say('that one', { channel: thread.id });
  const [message] = await heard;
  same([message.content, message.channel.isThread()], ['that one', true]);
});
