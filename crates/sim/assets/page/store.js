// What the acting member knows: servers, channels, messages, who is typing. Changed by answers and live events alone.
// What always holds: a message is in its channel's list once, ordered by id; parts of the page are told by topic, never
// by reading one another.
// Not here: drawing, requests.

import { Memory } from "./memory.js";

const MESSAGES_MAX = 400;
const TYPING_MS = 9_000;

const compare = (a, b) => (a.length - b.length) || (a < b ? -1 : a > b ? 1 : 0);

/** Orders ids, which are numbers too large for JavaScript's. */
export const compareIds = (a, b) => compare(String(a), String(b));

export class Store {
  constructor() {
    this.listeners = new Map();
    this.memory = new Memory();
    this.people = [];
    this.guilds = new Map();
    this.steps = [];
    this.pace = "off";
    this.connection = "opening";
    this.reset(null);
  }

  /** Forgets what one member saw, before another is acted as. */
  reset(me) {
    this.me = me;
    this.channels = new Map();
    this.commands = new Map();
    this.typing = new Map();
    this.unread = new Map();
    this.presence = {};
  }

  on(topic, listener) {
    if (!this.listeners.has(topic)) this.listeners.set(topic, []);
    this.listeners.get(topic).push(listener);
  }

  tell(...topics) {
    for (const topic of topics) for (const listener of this.listeners.get(topic) ?? []) listener();
  }

  get guild() {
    return this.guilds.get(this.guildId) ?? null;
  }

  get channel() {
    return this.guild?.channels.find((channel) => channel.id === this.channelId) ?? null;
  }

  /** Takes in the whole of what the member sees. */
  load(state) {
    this.me = state.me;
    this.people = state.people;
    this.pace = state.pace;
    this.steps = state.steps;
    this.presence = state.presence;
    this.guilds = new Map(state.guilds.map((guild) => [guild.id, indexed(guild)]));
    if (!this.guilds.has(this.guildId)) {
      const last = this.memory.read("guild", null);
      this.guildId = this.guilds.has(last) ? last : [...this.guilds.keys()][0] ?? null;
    }
    if (!this.channel) this.channelId = this.firstChannel();
    for (const guild of this.guilds.values()) {
      for (const channel of guild.channels.filter((one) => holdsMessages(one) && one.last_message_id)) {
        const read = this.memory.lastRead(this.me.id, channel.id);
        if (read === null) this.memory.setRead(this.me.id, channel.id, channel.last_message_id);
        else if (compareIds(channel.last_message_id, read) > 0 && !this.unread.has(channel.id)) this.unread.set(channel.id, { mentions: 0 });
      }
    }
    this.tell("people", "guilds", "channel", "members", "steps", "pace");
  }

  firstChannel() {
    const open = this.guild?.channels.filter(holdsMessages) ?? [];
    const last = this.memory.read(`channel.${this.guildId}`, null);
    const start = open.find((one) => one.id === last) ?? open.find((one) => one.name === "general") ?? open[0];
    return start?.id ?? null;
  }

  /** The messages known of a channel. */
  log(channel) {
    if (!this.channels.has(channel)) this.channels.set(channel, { list: [], whole: false, loaded: false, newFrom: null });
    return this.channels.get(channel);
  }

  member(id, guild = this.guild) {
    return guild?.memberOf.get(id) ?? null;
  }

  /** What somebody is called here. */
  nameOf(id) {
    const member = this.member(id);
    if (member) return member.nick ?? member.user.global_name ?? member.user.username;
    return this.people.find((person) => person.id === id)?.name ?? "unknown member";
  }

  role(id) {
    return this.guild?.roleOf.get(id) ?? null;
  }

  /** Until when a member is timed out, where it is now. */
  timedOutUntil(id) {
    const until = new Date(this.member(id)?.communication_disabled_until ?? 0);
    return until > new Date() ? until : null;
  }

  /** Whether the acting member holds a permission in the open channel. */
  may(permission) {
    return this.channel !== null && (BigInt(this.channel.permissions) & permission) !== 0n;
  }

  put(message) {
    const log = this.log(message.channel_id);
    if (this.memory.isDismissed(message.id)) return;
    const at = log.list.findIndex((known) => known.id === message.id);
    if (at >= 0) {
      log.list[at] = keepMine(message, log.list[at]);
      return;
    }
    let place = log.list.length;
    while (place > 0 && compareIds(log.list[place - 1].id, message.id) > 0) place -= 1;
    log.list.splice(place, 0, message);
    if (log.list.length > MESSAGES_MAX) {
      log.list.splice(0, log.list.length - MESSAGES_MAX);
      log.whole = false;
    }
  }

  drop(channel, ids) {
    const log = this.log(channel);
    log.list = log.list.filter((message) => !ids.includes(message.id));
  }

  /** Marks the open channel as read up to its last message. */
  readHere() {
    const last = this.log(this.channelId).list.findLast((message) => !isPrivate(message));
    if (!last || !this.me) return;
    this.memory.setRead(this.me.id, this.channelId, last.id);
    if (this.unread.delete(this.channelId)) this.tell("unread");
  }

  noteTyping(channel, user) {
    if (user === this.me?.id) return;
    if (!this.typing.has(channel)) this.typing.set(channel, new Map());
    this.typing.get(channel).set(user, Date.now() + TYPING_MS);
    this.tell("typing");
    setTimeout(() => this.tell("typing"), TYPING_MS + 50);
  }

  typersHere() {
    const typers = this.typing.get(this.channelId) ?? new Map();
    return [...typers].filter(([, until]) => until > Date.now()).map(([user]) => user);
  }
}

/** Whether a message is for its asker alone. */
export const isPrivate = (message) => (message.flags & 64) !== 0;

/** Text and announcement channels; the others have no messages of their own. */
export const holdsMessages = (channel) => channel.type === 0 || channel.type === 5;

function indexed(guild) {
  guild.roleOf = new Map(guild.roles.map((role) => [role.id, role]));
  guild.memberOf = new Map(guild.members.map((member) => [member.user.id, member]));
  return guild;
}

/** A live event is the same for everybody: whether a reaction is one's own is known here. */
function keepMine(message, known) {
  const mine = new Set((known.reactions ?? []).filter((one) => one.me).map((one) => one.emoji.id ?? one.emoji.name));
  for (const reaction of message.reactions ?? []) reaction.me ||= mine.has(reaction.emoji.id ?? reaction.emoji.name);
  return message;
}
