// The menus of messages and members: what may be done with them, and the commands that applications added there.

import { QUICK } from "./emoji.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { notice, openMenu } from "./layer.js";
import { isPrivate } from "./store.js";

const ADD_REACTIONS = 1n << 6n;
const MANAGE_MESSAGES = 1n << 13n;
const USER_MENU = 2;
const MESSAGE_MENU = 3;

export function messageMenu(app, message, anchor) {
  const { store } = app;
  const own = message.author.id === store.me?.id;
  const hidden = isPrivate(message);
  const items = [];
  if (!hidden && store.may(ADD_REACTIONS)) {
    items.push(...QUICK.slice(0, 2).map((sign) => ({ label: `React with ${sign}`, run: () => app.react(message, sign) })));
    items.push({ label: "Add a reaction", icon: "smile", run: () => openEmojiPicker(anchor, (sign) => app.react(message, sign)) });
  }
  if (!hidden) items.push({ label: "Reply", icon: "reply", run: () => app.reply(message) });
  if (own && !hidden) items.push({ label: "Edit message", icon: "edit", run: () => app.startEdit(message) });
  if (message.content) items.push({ label: "Copy text", icon: "copy", run: () => copy(message.content) });
  items.push({ label: "Copy message ID", icon: "copy", run: () => copy(message.id) });
  if (!hidden) items.push(...commandsOf(app, MESSAGE_MENU, { message: message.id }));
  if (hidden) items.push({ label: "Dismiss message", icon: "close", run: () => app.dismiss(message) });
  else if (own || store.may(MANAGE_MESSAGES)) items.push(null, { label: "Delete message", icon: "trash", danger: true, run: () => app.remove(message) });
  return openMenu(anchor, "Message", items);
}

export function memberMenu(app, user, anchor) {
  const { store } = app;
  const member = store.member(user);
  const items = [
    { label: "Mention", run: () => app.insert?.(`@${store.nameOf(user)} `, user) },
    { label: "Copy user ID", icon: "copy", run: () => copy(user) },
    ...commandsOf(app, USER_MENU, { user }),
  ];
  if (member && !member.user.bot && user !== store.me?.id) items.push(null, { label: `Act as ${store.nameOf(user)}`, icon: "members", run: () => app.become(user) });
  return openMenu(anchor, store.nameOf(user), items);
}

function commandsOf(app, kind, target) {
  const found = (app.store.commands.get(app.store.channelId)?.commands ?? []).filter((command) => command.type === kind);
  const items = found.map((command) => ({ label: command.name, detail: command.application.name, icon: "apps", run: () => app.menu(command, target) }));
  return items.length > 0 ? [null, ...items] : [];
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notice("Copied.", "good");
  } catch {
    notice("The browser did not allow copying.", "danger");
  }
}
