// Where one writes: the text field, the reply that is being answered, slash commands, who is typing.

import { CommandBar } from "./command_bar.js";
import { fill, h, icon } from "./dom.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { TextField, grow } from "./field.js";
import { authorName } from "./message.js";
import { flatten, matching } from "./options.js";

const LENGTH_MAX = 2000;
const SEND_MESSAGES = 1n << 11n;
const USE_COMMANDS = 1n << 31n;

export class Composer {
  constructor(app) {
    this.app = app;
    this.root = document.getElementById("composer");
    this.drafts = new Map();
    this.channel = null;
    this.build();
    app.store.on("channel", () => this.moved());
    app.store.on("composer", () => this.drawReply());
    app.store.on("messages", () => this.drawReply());
    app.store.on("typing", () => this.drawTyping());
    app.store.on("members", () => this.moved());
    app.insert = (text, user) => {
      this.leaveCommand();
      this.field.insert(text, text.trim(), `<@${user}>`);
    };
    app.startMessage = ({ mention, text }) => {
      this.leaveCommand();
      this.field.text = mention ? `<@${mention}> ${text}` : text;
      this.input.focus();
    };
    app.startCommand = (title, values) => this.startCommand(title, values);
    app.editor = (message) => this.editorFor(message);
  }

  build() {
    const { app } = this;
    this.input = h("textarea", { id: "composer-input", class: "composer-input", rows: "1", maxlength: String(LENGTH_MAX * 2), "aria-label": "Message", "data-testid": "composer" });
    this.reply = h("div", { class: "composer-reply", hidden: true });
    this.typing = h("div", { class: "composer-typing", "aria-live": "polite" });
    this.count = h("span", { class: "composer-count", "aria-live": "polite" });
    const emoji = h("button", { class: "icon-button", type: "button", "aria-label": "Insert an emoji", title: "Insert an emoji", on: { click: () => openEmojiPicker(emoji, (sign) => this.field.insert(sign)) } }, icon("smile"));
    const slash = h("button", { class: "icon-button", type: "button", "aria-label": "Commands", title: "Commands (/)", on: { click: () => this.showCommands() } }, icon("apps"));
    this.send = h("button", { class: "icon-button composer-send", type: "button", "aria-label": "Send the message", title: "Send", on: { click: () => this.submit() } }, icon("send"));
    this.bar = new CommandBar(app, () => this.leaveCommand());
    this.line = h("div", { class: "composer-line" }, slash, this.input, this.count, emoji, this.send);
    this.closed = h("p", { class: "composer-closed", hidden: true });
    fill(this.root, this.reply, this.line, this.bar.element, this.closed, this.typing);
    this.field = new TextField(app, this.input, { label: "Suggestions", more: (text) => this.commandsFor(text), pickMore: (item) => this.startEntry(item.entry) });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => this.typed());
  }

  get entries() {
    const answer = this.app.store.commands.get(this.app.store.channelId);
    return this.app.store.may(USE_COMMANDS) && answer ? flatten(answer.commands) : [];
  }

  /** The menu for a text that begins with a slash. */
  commandsFor(text) {
    if (!text.startsWith("/") || text.includes("\n")) return null;
    const found = matching(this.entries, text.slice(1)).slice(0, 25);
    if (found.length > 0) {
      return found.map((entry) => ({
        more: true, entry, group: entry.command.application.name, label: `/${entry.title}`, detail: entry.description, aside: hint(entry),
      }));
    }
    const none = this.entries.length === 0 ? "No commands here. An application registers its commands when it starts." : "No command has this name.";
    return text.includes(" ") ? null : [{ label: none, disabled: true }];
  }

  showCommands() {
    if (this.input.value === "") this.input.value = "/";
    this.input.focus();
    this.input.dispatchEvent(new Event("input"));
  }

  startCommand(title, values) {
    const entry = this.entries.find((one) => one.title === title);
    if (entry) this.startEntry(entry, values);
    else this.app.store.tell("composer");
    return Boolean(entry);
  }

  startEntry(entry, values) {
    this.input.value = "";
    grow(this.input);
    this.line.hidden = true;
    this.bar.start(entry, values);
  }

  leaveCommand() {
    if (!this.bar.isOpen) return;
    this.bar.stop();
    this.line.hidden = false;
    this.input.focus();
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && this.input.value === "") {
      const { store } = this.app;
      const own = store.log(store.channelId).list.findLast((one) => one.author.id === store.me?.id && one.type !== 7 && (one.flags & 64) === 0);
      if (own) {
        event.preventDefault();
        this.app.startEdit(own);
      }
    } else if (event.key === "Escape" && this.app.replyTo) {
      this.app.reply({ id: null });
    }
  }

  typed() {
    const length = [...this.field.text].length;
    const left = LENGTH_MAX - length;
    this.count.textContent = left < 200 ? String(left) : "";
    this.count.classList.toggle("composer-over", left < 0);
    this.send.disabled = left < 0;
    if (this.input.value !== "" && !this.input.value.startsWith("/")) this.app.typing();
  }

  async submit() {
    const text = this.field.text;
    if (text === "" || [...text].length > LENGTH_MAX) return;
    const entry = text.startsWith("/") && this.entries.find((one) => `/${one.title}` === text);
    if (entry) return this.startEntry(entry);
    this.field.text = "";
    this.typed();
    if (!await this.app.send(text)) this.field.text = text;
    return undefined;
  }

  /** Another channel or member: its own draft, and whether one may write there. */
  moved() {
    const { store } = this.app;
    const place = `${store.me?.id}.${store.channelId}`;
    if (this.channel !== place) {
      if (this.channel !== null) this.drafts.set(this.channel, this.field.text);
      this.leaveCommandQuietly();
      this.field.text = this.drafts.get(place) ?? "";
      this.channel = place;
      this.typed();
    }
    const name = store.channel?.name;
    const may = store.channel && store.may(SEND_MESSAGES);
    this.input.placeholder = name ? `Message #${name}` : "";
    this.input.setAttribute("aria-label", name ? `Message #${name}` : "Message");
    if (!this.bar.isOpen) this.line.hidden = !may;
    this.closed.hidden = Boolean(may) || !store.channel;
    fill(this.closed, this.whyClosed());
    this.openWhenOver();
    this.drawReply();
    this.drawTyping();
  }

  whyClosed() {
    const { store } = this.app;
    const name = store.me ? store.nameOf(store.me.id) : "This member";
    const until = store.me && store.timedOutUntil(store.me.id);
    return until ? `${name} is timed out until ${this.app.words.moment(until).exact}.` : `${name} may not write in this channel.`;
  }

  /** The end of a time-out is told by nobody. */
  openWhenOver() {
    const { store } = this.app;
    const until = store.me && store.timedOutUntil(store.me.id);
    clearTimeout(this.over);
    if (until) this.over = setTimeout(() => this.app.reload(), Math.min(until - new Date() + 500, 2 ** 31 - 1));
  }

  leaveCommandQuietly() {
    this.bar.stop();
    this.line.hidden = false;
  }

  drawReply() {
    const { app } = this;
    const message = app.replyTo && app.store.log(app.store.channelId).list.find((one) => one.id === app.replyTo);
    const shown = this.reply.dataset.to ?? "";
    if ((message?.id ?? "") === shown) return;
    this.reply.dataset.to = message?.id ?? "";
    this.reply.hidden = !message;
    app.store.tell("messages");
    if (!message) return;
    fill(this.reply, h("span", null, "Replying to ", h("strong", null, authorName(app.store, message))),
      h("button", { class: "icon-button", type: "button", "aria-label": "Do not reply", on: { click: () => { app.reply({ id: null }); this.input.focus(); } } }, icon("close")));
    this.leaveCommand();
    this.input.focus();
  }

  drawTyping() {
    const names = this.app.store.typersHere().map((id) => this.app.store.nameOf(id));
    const text = names.length === 0 ? "" : names.length === 1 ? `${names[0]} is typing…` : names.length < 4 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are typing…` : "Several people are typing…";
    if (this.typing.dataset.text === text) return;
    this.typing.dataset.text = text;
    fill(this.typing, text && [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", null, text)]);
  }

  /** The field that a message turns into while it is edited. */
  editorFor(message) {
    const { app } = this;
    const input = h("textarea", { class: "input editor-input", rows: "1", "aria-label": "Edit the message", "data-focus": `${message.id}/edit`, "data-testid": "editor" });
    const field = new TextField(app, input, { label: "Suggestions" });
    field.text = message.content;
    const save = () => {
      if (field.text === "") app.startEdit(null);
      else app.edit(message, field.text);
      this.input.focus();
    };
    const cancel = () => {
      app.startEdit(null);
      this.input.focus();
    };
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        save();
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        cancel();
      }
    });
    requestAnimationFrame(() => {
      grow(input);
      input.focus();
      input.setSelectionRange(input.value.length, input.value.length);
    });
    return h("div", { class: "editor" }, input, h("div", { class: "editor-hint" }, "Escape to ", h("button", { class: "link-button", type: "button", on: { click: cancel } }, "cancel"), " · Enter to ", h("button", { class: "link-button", type: "button", on: { click: save } }, "save")));
  }
}

/** The required options of a command, as a hint at its end. */
function hint(entry) {
  return entry.options.filter((option) => option.required).map((option) => option.name).join(" ");
}
