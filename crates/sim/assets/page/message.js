// One message: its head, text, embeds, files, components, reactions, and what can be done with it.

import { components } from "./components.js";
import { h, icon } from "./dom.js";
import { carried, embed, files } from "./embeds.js";
import { QUICK } from "./emoji.js";
import { mentionsMe } from "./events.js";
import { botTag, face, nameColour } from "./face.js";
import { isSpoken, systemLine } from "./group.js";
import { isJumbo, parse, plain } from "./markdown.js";
import { draw } from "./markdown_view.js";
import { messageMenu } from "./message_menu.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { isPrivate } from "./store.js";

const LOADING = 128;
const ADD_REACTIONS = 1n << 6n;

/** The row of a message, as `arrange` placed it. */
export function messageRow(app, placed) {
  const { message } = placed;
  if (!isSpoken(message)) return systemRow(app, placed);
  const { store } = app;
  const name = authorName(store, message);
  const speaksToMe = mentionsMe(store, message);
  const head = !placed.follows && heading(app, placed, name);
  const classes = ["message", placed.follows && "message-follows", speaksToMe && "message-to-me", isPrivate(message) && "message-private", app.replyTo === message.id && "message-answered"];
  const row = h("article", {
    class: classes.filter(Boolean).join(" "), "data-message": message.id, "data-testid": "message", "data-focus": message.id, tabindex: "-1",
    "aria-label": `${name}, ${app.words.moment(placed.at).stamp}: ${plain(parse(message.content)).slice(0, 200) || "message"}`,
  },
  context(app, message),
  h("div", { class: "message-main" },
    placed.follows
      ? h("time", { class: "message-clock", datetime: message.timestamp, title: app.words.moment(placed.at).exact }, app.words.moment(placed.at).clock)
      : face({ ...message.author }, name),
    h("div", { class: "message-body" }, head, body(app, message))),
  toolbar(app, message));
  return row;
}

export function authorName(store, message) {
  const member = !message.webhook_id || store.member(message.author.id) ? store.member(message.author.id) : null;
  return member ? store.nameOf(message.author.id) : message.author.global_name ?? message.author.username;
}

function heading(app, placed, name) {
  const { message, at } = placed;
  const colour = nameColour(app.store, app.store.member(message.author.id));
  const moment = app.words.moment(at);
  return h("header", { class: "message-head" },
    h("button", { class: "message-author", type: "button", "data-user": message.author.id, vars: colour ? { "--name": colour } : {} }, name),
    message.author.bot && botTag(),
    h("time", { class: "message-time", datetime: message.timestamp, title: moment.exact }, moment.stamp));
}

/** Above the message: what it answers, or which command it answers. */
function context(app, message) {
  const { store } = app;
  if (message.interaction_metadata && message.type !== 19) {
    const used = message.interaction_metadata;
    const who = used.user?.id ?? used.user_id;
    const title = used.name ?? message.interaction?.name;
    return h("div", { class: "message-context" }, icon("right"),
      h("button", { class: "context-name", type: "button", "data-user": who }, store.nameOf(who)),
      title ? h("span", null, " used ", h("span", { class: "context-command" }, (used.command_type ?? 1) === 1 ? `/${title}` : title)) : h("span", null, " asked for this"));
  }
  if (!message.message_reference || message.type !== 19) return null;
  const answered = message.referenced_message;
  if (!answered) return h("div", { class: "message-context" }, icon("right"), h("em", null, "The original message was deleted"));
  const text = plain(parse(answered.content)).slice(0, 160) || (answered.embeds?.length ? "an embed" : "a message");
  return h("div", { class: "message-context" }, icon("right"), h("span", { class: "context-name" }, `@${authorName(store, answered)}`),
    h("button", { class: "context-text", type: "button", "aria-label": `Go to the message that this answers: ${text}`, on: { click: () => app.goTo?.(answered.id) } }, text));
}

function body(app, message) {
  if (app.editing === message.id) return app.editor(message);
  if ((message.flags & LOADING) !== 0) {
    return h("div", { class: "message-thinking", role: "status" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${authorName(app.store, message)} is thinking…`, foot(app, message));
  }
  const inner = { "data-channel": message.channel_id };
  const content = message.content && h("div", { class: isJumbo(message.content) ? "message-text message-jumbo" : "message-text", ...inner },
    draw(parse(message.content), h, app.words),
    message.edited_timestamp && h("span", { class: "message-edited", title: app.words.moment(new Date(message.edited_timestamp)).exact }, " (edited)"));
  const suppressed = (message.flags & 4) !== 0;
  return [content,
    !suppressed && (message.embeds ?? []).map((one) => embed(one, message, app.words)),
    carried(message, app.words), files(message), components(app, message, app.words), reactions(app, message), foot(app, message)];
}

function foot(app, message) {
  return isPrivate(message) && h("div", { class: "message-foot" }, icon("eye"), h("span", null, "Only you can see this · "),
    h("button", { class: "link-button", type: "button", "data-testid": "dismiss", on: { click: () => app.dismiss(message) } }, "Dismiss"));
}

function reactions(app, message) {
  const given = message.reactions ?? [];
  if (given.length === 0) return null;
  const may = app.store.may(ADD_REACTIONS);
  return h("div", { class: "reactions" }, given.map((one) => {
    const count = one.count;
    return h("button", {
      class: "reaction", type: "button", "aria-pressed": one.me ? "true" : "false", "data-focus": `${message.id}/react/${one.emoji.name}`,
      "aria-label": `${one.emoji.name}, ${count} ${count === 1 ? "reaction" : "reactions"}${one.me ? ", yours among them" : ""}`,
      disabled: !may && !one.me, on: { click: () => app.react(message, one.emoji.name) },
    }, h("span", { class: "reaction-sign" }, one.emoji.id ? `:${one.emoji.name}:` : one.emoji.name), h("span", { class: "reaction-count" }, String(count)));
  }));
}

function toolbar(app, message) {
  if (app.editing === message.id || (message.flags & LOADING) !== 0) return null;
  const own = message.author.id === app.store.me?.id;
  const open = !isPrivate(message);
  const may = open && app.store.may(ADD_REACTIONS);
  const tool = (name, label, run) => h("button", { class: "icon-button", type: "button", title: label, "aria-label": label, tabindex: "-1", on: { click: (event) => run(event.currentTarget) } }, icon(name));
  return h("div", { class: "message-tools", role: "toolbar", "aria-label": "Actions for this message" },
    may && QUICK.slice(0, 2).map((sign) => h("button", { class: "icon-button tool-quick", type: "button", tabindex: "-1", "aria-label": `React with ${sign}`, title: `React with ${sign}`, on: { click: () => app.react(message, sign) } }, sign)),
    may && tool("smile", "Add a reaction", (anchor) => openEmojiPicker(anchor, (sign) => app.react(message, sign))),
    open && tool("reply", "Reply", () => app.reply(message)),
    own && tool("edit", "Edit", () => app.startEdit(message)),
    tool("more", "More", (anchor) => messageMenu(app, message, anchor)));
}

function systemRow(app, { message, at }) {
  const moment = app.words.moment(at);
  return h("article", { class: "message message-system", "data-message": message.id, tabindex: "-1", "data-focus": message.id },
    h("div", { class: "message-main" }, h("span", { class: "system-sign" }, icon("right")),
      h("div", { class: "message-body" }, systemLine(message).map((part) => typeof part === "string" ? part
        : h("button", { class: "message-author", type: "button", "data-user": part.user }, app.store.nameOf(part.user))),
      " ", h("time", { class: "message-time", datetime: message.timestamp, title: moment.exact }, moment.stamp), reactions(app, message))));
}
