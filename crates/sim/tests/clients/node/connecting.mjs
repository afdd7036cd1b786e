// Connecting: what the caches hold, intents, resuming, the orders of the gateway, shards.

import { ChannelType, Events, GatewayIntentBits, PermissionFlagsBits, SimpleShardingStrategy } from 'discord.js';
import { control, expect, holds, refused, same, scenario, until } from './stage.mjs';

const { Guilds, GuildMessages, DirectMessages, GuildMembers } = GatewayIntentBits;
const VIEW = Number(PermissionFlagsBits.ViewChannel);
const SEND = Number(PermissionFlagsBits.SendMessages);

scenario('a bot that connects finds itself, its guild, channels, roles and members as they are', async (stage) => {
  const tea = await stage.role('tea', { permissions: SEND, color: 0xaa5500, hoist: true, mentionable: true });
  const kitchen = await stage.channel('kitchen', { type: 4 });
  const kettle = await stage.channel('kettle', { topic: 'water', parent: kitchen });
  const voice = await stage.channel('voices', { type: 2 });
  const overwrites = [{ id: tea, kind: 0, allow: VIEW, deny: SEND }];
  const quiet = await stage.channel('quiet', { overwrites });
  await control('member', { guild: stage.guild, user: stage.mia, nick: 'Mimi', roles: [tea] });
  const bot = await stage.enter();
  same([bot.user.id, bot.user.username, bot.user.bot], [stage.app.id, 'Teapot', true]);
  same(bot.application.id, stage.app.id);
  same([...bot.guilds.cache.keys()], [stage.guild]);
  const guild = bot.guilds.cache.get(stage.guild);
  same([guild.name, guild.ownerId, guild.memberCount, guild.available], ['Tea room', stage.owner, 3, true]);
  const members = await guild.members.fetch();
  same(members.size, 3);
  const mia = members.get(stage.mia);
  same([mia.user.username, mia.user.globalName, mia.nickname, mia.displayName], ['mia', 'Mia', 'Mimi', 'Mimi']);
  same([...mia.roles.cache.keys()].sort(), [stage.guild, tea].sort());
  holds(mia.joinedAt instanceof Date && Math.abs(Date.now() - mia.joinedTimestamp) < 60_000);
  const role = guild.roles.cache.get(tea);
  same([role.color, role.hoist, role.mentionable, Number(role.permissions.bitfield)], [0xaa5500, true, true, SEND]);
  holds(guild.members.me.permissions.has(PermissionFlagsBits.Administrator));
  same(guild.roles.botRoleFor(bot.user)?.managed, true);
  const kinds = Object.fromEntries(guild.channels.cache.map((channel) => [channel.id, channel.type]));
  same(kinds, {
    [stage.general]: ChannelType.GuildText,
    [kitchen]: ChannelType.GuildCategory,
    [kettle]: ChannelType.GuildText,
    [voice]: ChannelType.GuildVoice,
    [quiet]: ChannelType.GuildText,
  });
  same([guild.channels.cache.get(kettle).topic, guild.channels.cache.get(kettle).parentId], ['water', kitchen]);
  const overwrite = guild.channels.cache.get(quiet).permissionOverwrites.cache.get(tea);
  same([Number(overwrite.allow.bitfield), Number(overwrite.deny.bitfield)], [VIEW, SEND]);
  same((await stage.counts()).identify, 1);
});

scenario('members of a large guild come in chunks, by a query and by id', async (stage) => {
  await control('crowd', { guild: stage.guild, prefix: 'guest', count: 300 });
  const bot = await stage.enter();
  const guild = bot.guilds.cache.get(stage.guild);
  same([guild.large, guild.memberCount], [true, 303]);
  same((await guild.members.fetch()).size, 303);
  const found = await guild.members.fetch({ query: 'guest29', limit: 20 });
  same(found.size, 11);
  same([...(await guild.members.fetch({ user: [stage.mia] })).keys()], [stage.mia]);
  same((await guild.members.list({ limit: 1000 })).size, 303);
});

scenario('message content is there with its intent, and without it only where the bot is meant', async (stage) => {
  const curious = await stage.enter();
  let heard = expect(curious, Events.MessageCreate, (message) => message.author.id === stage.mia);
  await stage.say('good morning');
  same((await heard)[0].content, 'good morning');
  await stage.application('Modest', 0);
  const modest = await stage.enter({ intents: [Guilds, GuildMessages, DirectMessages] });
  heard = expect(modest, Events.MessageCreate);
  await stage.say('good evening');
  let [message] = await heard;
  same([message.content, message.author.username], ['', 'mia']);
  heard = expect(modest, Events.MessageCreate);
  await stage.say(`hello <@${stage.app.id}>`);
  [message] = await heard;
  same(message.content, `hello <@${stage.app.id}>`);
  holds(message.mentions.has(modest.user));
  const direct = (await control('direct', { user: stage.mia, other: stage.app.id })).id;
  heard = expect(modest, Events.MessageCreate);
  await stage.say('between us', { channel: direct });
  [message] = await heard;
  same([message.content, message.guildId, message.channel.type], ['between us', null, ChannelType.DM]);
});

scenario('no event comes that no intent asks for', async (stage) => {
  const bot = await stage.enter({ intents: [Guilds] });
  const types = [];
  bot.on(Events.Raw, ({ t }) => types.push(t));
  const told = expect(bot, Events.ChannelCreate);
  await stage.say('unheard');
  await control('typing', { channel: stage.general, user: stage.mia });
  await stage.member('nina');
  await stage.channel('after');
  same((await told)[0].name, 'after');
  same(types, ['CHANNEL_CREATE']);
});

scenario('a privileged intent that the application lacks is refused', async (stage) => {
  await control('application/flags', { application: stage.app.id, flags: 0 });
  const client = stage.client({ intents: [Guilds, GuildMembers] });
  const error = await client.login(stage.app.token).then(
    () => null,
    (error) => error,
  );
  same(error?.message, 'Used disallowed intents');
});

scenario('a wrong token is refused', async (stage) => {
  await refused(stage.client().login('MTIz.nothing.atall'), 'TokenInvalid');
});

// Everything said before, during and after a break arrives exactly once.
async function resumedAfter(stage, order, options, { before, after } = {}) {
  const bot = await stage.enter(options);
  const heard = [];
  bot.on(Events.MessageCreate, (message) => heard.push(message.content));
  const first = expect(bot, Events.MessageCreate);
  await stage.say('before');
  await first;
  const last = expect(bot, Events.MessageCreate, (message) => message.content === 'after');
  const resumed = expect(bot, Events.ShardResume);
  await before?.();
  same(await stage.order(order), 1);
  await after?.();
  const meanwhile = [];
  for (let number = 0; number < 5; number += 1) {
    meanwhile.push(`meanwhile ${number}`);
    await stage.say(meanwhile[number]);
  }
  await resumed;
  await stage.say('after');
  await last;
  same(heard, ['before', ...meanwhile, 'after']);
  const { identify, resumed: resumes } = await stage.counts();
  same({ identify, resumes }, { identify: 1, resumes: 1 });
}

scenario('a dropped connection is resumed: no second IDENTIFY, and every event once', (stage) =>
  resumedAfter(stage, { kind: 'drop' }));

scenario('op 7 is answered by a resume, and every event comes once', (stage) =>
  resumedAfter(stage, { kind: 'reconnect' }));

scenario('op 9 that may be resumed is answered by a resume', (stage) =>
  resumedAfter(stage, { kind: 'invalid_session', resumable: true }));

scenario('close code 4000 is answered by a resume', (stage) => resumedAfter(stage, { kind: 'close', code: 4000 }));

scenario('payloads that are compressed one by one are read, and resumed', async (stage) => {
  // Without its optional zlib package the library asks for this kind of compression in its IDENTIFY.
  const buildStrategy = (shards) => {
    shards.options.compression = 'zlib-stream';
    return new SimpleShardingStrategy(shards);
  };
  await resumedAfter(stage, { kind: 'drop' }, { ws: { buildStrategy } });
  const entries = (await control('log/gateway', { after: '0', limit: 5_000 })).entries;
  const identify = entries.find((entry) => entry.application === stage.app.id && entry.what === 'IDENTIFY');
  same(identify.detail.compress, true);
});

scenario('events sent while the gateway takes no connections come with the resume, once', async (stage) => {
  const dropped = () => until(async () => Object.keys((await stage.counts()).closed_by_client).length > 0, 'the drop');
  const refuseNext = () => control('gateway/greet', { kind: 'refuse' });
  await resumedAfter(stage, { kind: 'drop' }, {}, { before: refuseNext, after: dropped });
});

scenario(
  'a resume that is refused is followed by a new IDENTIFY',
  async (stage) => {
    const bot = await stage.enter();
    const ready = expect(bot, Events.ShardReady, () => true, 12_000);
    await control('gateway/refuse_resumes', { times: 1 });
    await stage.order({ kind: 'drop' });
    await ready;
    const { identify, resume, resumed } = await stage.counts();
    same({ identify, resume, resumed }, { identify: 2, resume: 1, resumed: 0 });
  },
  15_000,
);

scenario(
  'op 9 that ends the session is answered by a new IDENTIFY',
  async (stage) => {
    const bot = await stage.enter();
    const ready = expect(bot, Events.ShardReady, () => true, 12_000);
    await stage.order({ kind: 'invalid_session', resumable: false });
    await ready;
    const { identify, resume = 0 } = await stage.counts();
    same({ identify, resume }, { identify: 2, resume: 0 });
    const heard = expect(bot, Events.MessageCreate);
    await stage.say('again');
    same((await heard)[0].content, 'again');
  },
  15_000,
);

scenario('a heartbeat that is asked for is sent, and acknowledged', async (stage) => {
  const bot = await stage.enter();
  const before = (await stage.counts()).heartbeat;
  await stage.order({ kind: 'beat_please' });
  await until(async () => (await stage.counts()).heartbeat > before, 'a heartbeat');
  await until(() => bot.ws.ping >= 0, 'the acknowledgement');
});

scenario('a presence is taken', async (stage) => {
  const bot = await stage.enter();
  bot.user.setPresence({ status: 'idle', activities: [{ name: 'chess' }] });
  await until(async () => (await stage.counts()).presence === 1, 'the presence');
});

scenario(
  'two shards share the guilds, and each hears its own',
  async (stage) => {
    await stage.application('Twins', 8, { max_concurrency: 2 });
    const places = new Map([[stage.guild, stage.general]]);
    for (let number = 0; number < 5; number += 1) {
      const guild = await control('guild', { name: `Hall ${number}`, owner: stage.owner });
      await control('install', { guild: guild.id, application: stage.app.id, permissions: 8 });
      places.set(guild.id, guild.general);
    }
    const bot = await stage.enter({ shards: [0, 1], shardCount: 2 });
    same([...bot.guilds.cache.keys()].sort(), [...places.keys()].sort());
    for (const guild of bot.guilds.cache.values()) {
      same(guild.shardId, Number((BigInt(guild.id) >> 22n) % 2n));
      const heard = expect(bot, Events.MessageCreate, (message) => message.guildId === guild.id);
      await stage.say('hello', { user: stage.owner, channel: places.get(guild.id) });
      await heard;
    }
    same((await stage.counts()).identify, 2);
    const resumed = expect(bot, Events.ShardResume);
    same(await stage.order({ kind: 'reconnect' }), 2);
    await resumed;
  },
  15_000,
);
