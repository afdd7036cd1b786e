// Servers and their channels, with what is unread.

import { initials } from "./colour.js";
import { fill, h, icon } from "./dom.js";
import { holdsMessages } from "./store.js";

const CATEGORY = 4;
const VOICE = 2;

export class Sidebar {
  constructor(app) {
    this.app = app;
    this.servers = document.getElementById("servers");
    this.title = document.getElementById("guild-name");
    this.list = document.getElementById("channels");
    this.header = document.getElementById("channel-name");
    for (const topic of ["guilds", "channel", "unread"]) app.store.on(topic, () => this.draw());
    this.list.addEventListener("keydown", (event) => step(event, this.list));
    this.servers.addEventListener("keydown", (event) => step(event, this.servers));
  }

  draw() {
    const { store } = this.app;
    const held = document.activeElement?.dataset?.place;
    this.title.textContent = store.guild?.name ?? "No server";
    fill(this.servers, [...store.guilds.values()].map((guild) => this.server(guild)));
    const open = (store.guild?.channels ?? []).filter((one) => one.type === CATEGORY || one.type === VOICE || holdsMessages(one));
    if (open.length === 0) fill(this.list, h("li", { class: "empty" }, store.guild ? "This member sees no channel here." : "This member is in no server."));
    else fill(this.list, inOrder(open).map((channel) => this.row(channel)));
    const channel = store.channel;
    fill(this.header, channel && [icon(isHidden(store, channel) ? "lock" : "hash"), h("h1", { class: "channel-title" }, channel.name), channel.topic && h("span", { class: "channel-topic", title: channel.topic }, channel.topic)]);
    document.title = `${store.unread.size > 0 ? "• " : ""}${channel ? `#${channel.name}` : "Chat"} · ${store.guild?.name ?? "Guildhall"}`;
    if (held) document.querySelector(`[data-place="${CSS.escape(held)}"]`)?.focus();
  }

  server(guild) {
    const unread = guild.channels.some((channel) => this.app.store.unread.has(channel.id));
    const here = guild.id === this.app.store.guildId;
    return h("li", null, h("button", {
      class: "server", type: "button", "data-letters": initials(guild.name), title: guild.name, "data-place": guild.id, "aria-current": here ? "true" : null,
      "aria-label": unread && !here ? `${guild.name}, unread messages` : guild.name, on: { click: () => this.app.openGuild(guild.id) },
    }, unread && !here && h("span", { class: "server-unread" })));
  }

  row(channel) {
    if (channel.type === CATEGORY) return h("li", { class: "category" }, channel.name);
    const { store } = this.app;
    const hidden = isHidden(store, channel);
    if (channel.type === VOICE) {
      return h("li", null, h("span", { class: "channel channel-voice", title: "Voice is not part of this page" }, icon("voice"), h("span", { class: "channel-label" }, channel.name)));
    }
    const here = channel.id === store.channelId;
    const unread = !here && store.unread.get(channel.id);
    const label = [channel.name, hidden && "private", unread && "unread", unread?.mentions > 0 && `${unread.mentions} mentions`].filter(Boolean).join(", ");
    return h("li", null, h("button", {
      class: unread ? "channel channel-unread" : "channel", type: "button", "data-place": channel.id, "data-testid": `channel-${channel.name}`,
      "aria-current": here ? "page" : null, "aria-label": label,
      on: { click: () => { this.app.closeDrawers?.(); this.app.openChannel(channel.id); } },
    }, icon(hidden ? "lock" : "hash"), h("span", { class: "channel-label" }, channel.name), unread?.mentions > 0 && h("span", { class: "badge" }, String(unread.mentions))));
  }
}

const VIEW_CHANNEL = 1n << 10n;

/** Whether not everybody in the server sees a channel. */
function isHidden(store, channel) {
  const everyone = channel.permission_overwrites?.find((one) => one.id === store.guildId);
  return everyone !== undefined && (BigInt(everyone.deny) & VIEW_CHANNEL) !== 0n;
}

/** Channels without a category first, then each category with its own. */
function inOrder(channels) {
  const by = (a, b) => (a.type === VOICE) - (b.type === VOICE) || a.position - b.position || (a.id < b.id ? -1 : 1);
  const top = channels.filter((one) => one.type !== CATEGORY && !channels.some((other) => other.id === one.parent_id)).sort(by);
  const categories = channels.filter((one) => one.type === CATEGORY).sort(by);
  return [...top, ...categories.flatMap((category) => {
    const inside = channels.filter((one) => one.parent_id === category.id).sort(by);
    return inside.length > 0 ? [category, ...inside] : [];
  })];
}

/** Arrow keys move within a list of buttons. */
export function step(event, list) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  buttons[(at + by + buttons.length) % buttons.length].focus();
}
