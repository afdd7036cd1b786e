// Members, roles and channels in a bot's hands: time-outs, kicks, bans, the audit log, and what it may not do.

import { AuditLogEvent, Events, PermissionFlagsBits as May } from 'discord.js';
import { control, expect, holds, refused, same, scenario } from './stage.mjs';

const bits = (...flags) => Number(flags.reduce((all, flag) => all | flag, 0n));

// The newest entry of a kind: who did it, to whom, why.
async function newest(guild, type) {
  const entry = (await guild.fetchAuditLogs({ type, limit: 1 })).entries.first();
  return [entry.executorId, entry.targetId, entry.reason];
}

async function scene(stage) {
  const bot = await stage.enter();
  const guild = bot.guilds.cache.get(stage.guild);
  await guild.members.fetch();
  return { bot, guild, mia: guild.members.cache.get(stage.mia) };
}

scenario('a member is timed out and forgiven, with the reason in the audit log', async (stage) => {
  const { bot, guild, mia } = await scene(stage);
  let told = expect(bot, Events.GuildMemberUpdate);
  await mia.timeout(600_000, 'shouting: «loud»');
  const [before, after] = await told;
  same([before.isCommunicationDisabled(), after.isCommunicationDisabled()], [false, true]);
  holds(Math.abs(after.communicationDisabledUntilTimestamp - Date.now() - 600_000) < 5_000);
  same(await newest(guild, AuditLogEvent.MemberUpdate), [bot.user.id, mia.id, 'shouting: «loud»']);
  const silenced = await stage.say('but').catch((error) => error.message);
  holds(String(silenced).includes('SEND_MESSAGES'), silenced);
  told = expect(bot, Events.GuildMemberUpdate);
  await mia.timeout(null);
  same((await told)[1].isCommunicationDisabled(), false);
  await stage.say('thanks');
});

scenario('roles are made, given, taken, changed and deleted', async (stage) => {
  const { bot, guild, mia } = await scene(stage);
  const made = expect(bot, Events.GuildRoleCreate);
  const role = await guild.roles.create({ name: 'guest', color: 0x112233, permissions: [May.SendMessages], reason: 'a party' });
  same([(await made)[0].id, role.color], [role.id, 0x112233]);
  let told = expect(bot, Events.GuildMemberUpdate);
  await mia.roles.add(role, 'she came');
  holds((await told)[1].roles.cache.has(role.id));
  same((await control('member/view', { guild: stage.guild, user: stage.mia })).roles, [role.id]);
  same(await newest(guild, AuditLogEvent.MemberRoleUpdate), [bot.user.id, mia.id, 'she came']);
  told = expect(bot, Events.GuildMemberUpdate);
  await mia.roles.remove(role);
  holds(!(await told)[1].roles.cache.has(role.id));
  told = expect(bot, Events.GuildMemberUpdate);
  await mia.roles.set([role]);
  holds((await told)[1].roles.cache.has(role.id));
  const changed = expect(bot, Events.GuildRoleUpdate);
  await role.edit({ name: 'friend', hoist: true });
  same((await changed)[1].name, 'friend');
  const gone = expect(bot, Events.GuildRoleDelete);
  await role.delete('over');
  same((await gone)[0].id, role.id);
  same((await control('member/view', { guild: stage.guild, user: stage.mia })).roles, []);
});

scenario("a nickname is changed, the bot's own too", async (stage) => {
  const { bot, guild, mia } = await scene(stage);
  let told = expect(bot, Events.GuildMemberUpdate, (_, after) => after.id === stage.mia);
  await mia.setNickname('Mimi');
  same((await told)[1].nickname, 'Mimi');
  told = expect(bot, Events.GuildMemberUpdate, (_, after) => after.id === bot.user.id);
  await guild.members.me.setNickname('Pot');
  same((await told)[1].nickname, 'Pot');
});

scenario('members join, leave and are kicked, and the bot is told', async (stage) => {
  const { bot, guild, mia } = await scene(stage);
  let told = expect(bot, Events.GuildMemberAdd);
  const nina = await stage.member('nina');
  same([(await told)[0].id, guild.memberCount], [nina, 4]);
  told = expect(bot, Events.GuildMemberRemove);
  await control('leave', { guild: stage.guild, user: nina });
  same((await told)[0].id, nina);
  told = expect(bot, Events.GuildMemberRemove);
  await mia.kick('spilled the tea');
  same([(await told)[0].id, guild.memberCount], [stage.mia, 2]);
  same(await newest(guild, AuditLogEvent.MemberKick), [bot.user.id, stage.mia, 'spilled the tea']);
});

scenario('a member is banned and unbanned, with the reasons in ban list and audit log', async (stage) => {
  const { bot, guild } = await scene(stage);
  const banned = expect(bot, Events.GuildBanAdd);
  const entered = expect(bot, Events.GuildAuditLogEntryCreate, ({ action }) => action === AuditLogEvent.MemberBanAdd);
  await stage.say('spam');
  const reason = 'salt & pepper/ü';
  await guild.bans.create(stage.mia, { reason, deleteMessageSeconds: 3_600 });
  same([(await banned)[0].user.id, (await entered)[0].reason], [stage.mia, reason]);
  same(await newest(guild, AuditLogEvent.MemberBanAdd), [bot.user.id, stage.mia, reason]);
  same((await guild.bans.fetch()).map((ban) => [ban.user.id, ban.reason]), [[stage.mia, reason]]);
  same((await guild.bans.fetch({ user: stage.mia, force: true })).reason, reason);
  same((await stage.seen({ user: stage.owner })).filter(({ content }) => content === 'spam'), []);
  const unbanned = expect(bot, Events.GuildBanRemove);
  await guild.bans.remove(stage.mia, 'sorry');
  same((await unbanned)[0].user.id, stage.mia);
  same(await newest(guild, AuditLogEvent.MemberBanRemove), [bot.user.id, stage.mia, 'sorry']);
  await refused(guild.bans.fetch({ user: stage.mia, force: true }), 10026);
});

scenario('channels are made, changed and deleted, and what they allow is told', async (stage) => {
  const { bot, guild, mia } = await scene(stage);
  const made = expect(bot, Events.ChannelCreate);
  const permissionOverwrites = [{ id: guild.id, deny: [May.ViewChannel] }];
  const channel = await guild.channels.create({ name: 'cellar', topic: 'wine', permissionOverwrites });
  same([(await made)[0].id, channel.topic], [channel.id, 'wine']);
  holds(!channel.permissionsFor(mia).has(May.ViewChannel));
  let changed = expect(bot, Events.ChannelUpdate);
  await channel.permissionOverwrites.create(mia, { ViewChannel: true });
  await changed;
  holds(channel.permissionsFor(mia).has(May.ViewChannel));
  changed = expect(bot, Events.ChannelUpdate);
  await channel.edit({ name: 'attic', rateLimitPerUser: 5 });
  // The library changes its cache by whichever comes first, answer or event; only the new name is sure.
  same((await changed)[1].name, 'attic');
  const gone = expect(bot, Events.ChannelDelete);
  await channel.delete('rebuilding');
  same((await gone)[0].id, channel.id);
  await refused(bot.channels.fetch(channel.id, { force: true }), 10003);
});

scenario('what the bot lacks the permission for is refused: 50013', async (stage) => {
  await stage.application('Guest', bits(May.ViewChannel, May.SendMessages));
  const { guild, mia } = await scene(stage);
  await refused(mia.ban(), 50013);
  await refused(mia.timeout(60_000), 50013);
  await refused(guild.roles.create({ name: 'king' }), 50013);
});

scenario('roles and members above the bot, and the owner, are out of its reach: 50013', async (stage) => {
  const captain = await stage.role('captain'); // made before the bot's own role comes in below it
  const roles = (roles) => control('member', { guild: stage.guild, user: stage.mia, roles });
  await roles([captain]);
  await stage.application('Guard', bits(May.KickMembers, May.ManageRoles, May.ModerateMembers));
  const { bot, guild, mia } = await scene(stage);
  holds(guild.roles.cache.get(captain).comparePositionTo(guild.members.me.roles.highest) > 0);
  await refused(guild.members.kick(stage.owner), 50013);
  await refused(mia.kick(), 50013);
  await refused(mia.timeout(60_000), 50013);
  await refused(mia.roles.remove(captain), 50013);
  const told = expect(bot, Events.GuildMemberUpdate);
  await roles([]);
  await told;
  await mia.kick();
});

scenario('a channel that the bot may not see is refused: 50001', async (stage) => {
  const overwrites = [{ id: stage.guild, kind: 0, allow: 0, deny: bits(May.ViewChannel) }];
  const hidden = await stage.channel('hidden', { overwrites });
  await stage.application('Guest', bits(May.SendMessages));
  const bot = await stage.enter();
  await refused(bot.channels.fetch(hidden, { force: true }), 50001);
  await refused(bot.rest.post(`/channels/${hidden}/messages`, { body: { content: 'hello?' } }), 50001);
});

scenario('what is not there is 10008 and 10013, and what breaks a limit 50035, 50006 and 50005', async (stage) => {
  const bot = await stage.enter();
  const channel = bot.channels.cache.get(stage.general);
  const nobody = String(BigInt(stage.general) + 1n);
  await refused(channel.messages.fetch(nobody), 10008);
  await refused(channel.messages.delete(nobody), 10008);
  await refused(bot.users.fetch(nobody), 10013);
  const error = await refused(channel.send('x'.repeat(2_001)), 50035);
  same(error.rawError.errors.content._errors[0].code, 'BASE_TYPE_MAX_LENGTH');
  await refused(channel.send(''), 50006);
  await refused(channel.send({ embeds: [{ title: 'x'.repeat(257) }] }), 50035);
  const other = await stage.say('mine');
  await refused(channel.messages.edit(other, 'yours'), 50005);
});
