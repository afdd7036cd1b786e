// Live events, each turned into a change of the store and the topics that it touches.
// What always holds: an event that this page does not know changes nothing.

import { compareIds, isPrivate } from "./store.js";

/** Applies one event. `reload` reads everything anew; it is asked for where an event says that something changed but not what. */
export function apply(store, name, body, reload) {
  const change = CHANGES[name];
  if (change) change(store, body, reload);
}

const CHANGES = {
  MESSAGE_CREATE: created,
  MESSAGE_UPDATE(store, message) {
    if (store.log(message.channel_id).list.some((known) => known.id === message.id) || isPrivate(message)) store.put(message);
    store.tell("messages");
  },
  MESSAGE_DELETE(store, { channel_id, id }) {
    store.drop(channel_id, [id]);
    store.tell("messages");
  },
  MESSAGE_DELETE_BULK(store, { channel_id, ids }) {
    store.drop(channel_id, ids);
    store.tell("messages");
  },
  MESSAGE_REACTION_ADD: (store, body) => reacted(store, body, 1),
  MESSAGE_REACTION_REMOVE: (store, body) => reacted(store, body, -1),
  MESSAGE_REACTION_REMOVE_ALL: (store, body) => cleared(store, body, () => false),
  MESSAGE_REACTION_REMOVE_EMOJI: (store, body) => cleared(store, body, (one) => !isSame(one.emoji, body.emoji)),
  TYPING_START: (store, { channel_id, user_id }) => store.noteTyping(channel_id, user_id),
  GUILD_MEMBER_ADD: memberPut,
  GUILD_MEMBER_UPDATE(store, member, reload) {
    memberPut(store, member);
    if (member.user?.id === store.me?.id) reload();
  },
  GUILD_MEMBER_REMOVE(store, { guild_id, user }, reload) {
    const guild = store.guilds.get(guild_id);
    if (!guild) return;
    if (user.id === store.me?.id) return reload();
    guild.memberOf.delete(user.id);
    guild.members = [...guild.memberOf.values()];
    store.tell("members");
  },
  PRESENCE(store, presence) {
    store.presence = presence;
    store.tell("members");
  },
  STEPS(store, steps) {
    store.steps = steps;
    store.tell("steps");
  },
  PACE(store, pace) {
    store.pace = pace;
    store.tell("pace");
  },
  REFRESH: (store, body, reload) => reload(),
};

function created(store, message) {
  store.typing.get(message.channel_id)?.delete(message.author.id);
  if (store.log(message.channel_id).loaded) store.put(message);
  const channel = store.guilds.get(message.guild_id)?.channels.find((one) => one.id === message.channel_id);
  if (channel && !isPrivate(message)) channel.last_message_id = message.id;
  const away = message.channel_id !== store.channelId || document.visibilityState === "hidden";
  const mine = message.author.id === store.me?.id;
  if (away && !mine && !isPrivate(message)) {
    const known = store.unread.get(message.channel_id) ?? { mentions: 0 };
    known.mentions += mentionsMe(store, message) ? 1 : 0;
    store.unread.set(message.channel_id, known);
    store.tell("unread");
  }
  store.tell("messages", "typing");
}

/** Whether a message speaks to the acting member. */
export function mentionsMe(store, message) {
  const me = store.me?.id;
  if (!me || message.author.id === me) return false;
  const roles = store.member(me, store.guilds.get(message.guild_id))?.roles ?? store.member(me)?.roles ?? [];
  return message.mention_everyone || message.mentions.some((user) => user.id === me) || message.mention_roles.some((id) => roles.includes(id));
}

const isSame = (one, other) => (one.id ?? one.name) === (other.id ?? other.name);

function reacted(store, body, by) {
  const message = store.log(body.channel_id).list.find((known) => known.id === body.message_id);
  if (!message) return;
  message.reactions ??= [];
  let reaction = message.reactions.find((one) => isSame(one.emoji, body.emoji));
  if (!reaction) {
    reaction = { emoji: body.emoji, count: 0, me: false };
    message.reactions.push(reaction);
  }
  reaction.count += by;
  if (body.user_id === store.me?.id) reaction.me = by > 0;
  message.reactions = message.reactions.filter((one) => one.count > 0);
  store.tell("messages");
}

function cleared(store, body, stays) {
  const message = store.log(body.channel_id).list.find((known) => known.id === body.message_id);
  if (!message) return;
  message.reactions = (message.reactions ?? []).filter(stays);
  store.tell("messages");
}

function memberPut(store, body) {
  const guild = store.guilds.get(body.guild_id);
  if (!guild || !body.user) return;
  guild.memberOf.set(body.user.id, { ...guild.memberOf.get(body.user.id), ...body });
  guild.members = [...guild.memberOf.values()];
  store.tell("members", "messages");
}

/** Puts a page of older or latest messages in. */
export function takePage(store, channel, page) {
  const log = store.log(channel);
  for (const message of page.messages) store.put(message);
  log.list.sort((a, b) => compareIds(a.id, b.id));
  log.whole = page.whole;
  log.loaded = true;
}
