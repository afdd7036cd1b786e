// What the person does, as actions: act as somebody, open a channel, write, react, press, command.
// What always holds: an action that is refused says so in words; what waits for an application's answer is known here,
// so that every part of the page shows the same.
// Not here: drawing.

import { Refusal, live, requests } from "./api.js";
import { apply, takePage } from "./events.js";
import { openForm } from "./form.js";
import { notice } from "./layer.js";
import { Store } from "./store.js";
import { words } from "./words.js";

const RELOAD_MS = 200;
const TYPING_MS = 7_000;

export class App {
  constructor() {
    this.store = new Store();
    this.api = requests(undefined);
    this.words = words(this.store);
    this.pressed = new Set();
    this.failed = new Map();
    this.running = [];
    this.replyTo = null;
    this.editing = null;
    this.closeLive = () => {};
    this.typedAt = 0;
    this.turn = 0;
  }

  /** Begins, or begins anew, as one member. */
  async become(id) {
    this.turn += 1;
    const turn = this.turn;
    this.closeLive();
    this.api = requests(id ?? undefined);
    let state;
    try {
      state = await this.api.state();
    } catch (error) {
      if (id && error.status === 404) return this.become(null);
      setTimeout(() => turn === this.turn && this.become(id), 1_500);
      this.store.connection = "lost";
      return this.store.tell("connection");
    }
    if (turn !== this.turn) return undefined;
    this.store.reset(state.me);
    this.forget();
    this.store.memory.write("me", state.me.id);
    this.api = requests(state.me.id);
    this.store.load(state);
    this.closeLive = live(state.me.id, (name, body) => turn === this.turn && apply(this.store, name, body, () => this.reload()),
      (connection) => turn === this.turn && this.connected(connection));
    await this.openChannel(this.store.channelId);
    return undefined;
  }

  forget() {
    this.pressed.clear();
    this.failed.clear();
    this.running = [];
    this.replyTo = null;
    this.editing = null;
  }

  async connected(connection) {
    const again = this.store.connection === "lost" && connection === "open";
    this.store.connection = connection;
    this.store.tell("connection");
    if (again) await this.reloadNow();
  }

  /** Reads everything anew, soon: several reasons at once are one reading. */
  reload() {
    clearTimeout(this.reloading);
    this.reloading = setTimeout(() => this.reloadNow(), RELOAD_MS);
  }

  async reloadNow() {
    const turn = this.turn;
    const state = await this.attempt(this.api.state());
    if (!state || turn !== this.turn) return;
    this.store.commands.clear();
    this.store.load(state);
    if (!this.store.channelId) return;
    const channel = this.store.channelId;
    const page = await this.attempt(this.api.messages(channel));
    if (!page || turn !== this.turn) return;
    this.store.log(channel).list = [];
    takePage(this.store, channel, page);
    this.store.tell("messages");
    this.loadCommands();
  }

  /** Opens a channel; it is read once it is seen. */
  async openChannel(id) {
    if (!id) return this.store.tell("channel", "messages", "unread");
    const changes = id !== this.store.channelId;
    this.store.channelId = id;
    this.store.guildId = [...this.store.guilds.values()].find((guild) => guild.channels.some((one) => one.id === id))?.id ?? this.store.guildId;
    this.store.memory.write("guild", this.store.guildId);
    this.store.memory.write(`channel.${this.store.guildId}`, id);
    if (changes) {
      this.replyTo = null;
      this.editing = null;
    }
    const log = this.store.log(id);
    log.newFrom = this.store.unread.has(id) ? this.store.memory.lastRead(this.store.me.id, id) : null;
    this.store.tell("guilds", "channel", "messages", "typing", "members");
    this.loadCommands();
    const turn = this.turn;
    const page = await this.attempt(this.api.messages(id));
    if (!page || turn !== this.turn) return undefined;
    takePage(this.store, id, page);
    this.store.tell("messages");
    this.store.readHere();
    return undefined;
  }

  async openGuild(id) {
    this.store.guildId = id;
    await this.openChannel(this.store.firstChannel());
  }

  /** Older messages of the open channel; whether any came. */
  async older() {
    const channel = this.store.channelId;
    const log = this.store.log(channel);
    if (log.whole || log.asking || log.list.length === 0) return false;
    log.asking = true;
    const page = await this.attempt(this.api.messages(channel, log.list[0].id));
    log.asking = false;
    if (!page) return false;
    takePage(this.store, channel, page);
    this.store.tell("messages");
    return page.messages.length > 0;
  }

  async loadCommands() {
    const channel = this.store.channelId;
    const answer = await this.attempt(this.api.commands(channel));
    if (answer) this.store.commands.set(channel, answer);
    this.store.tell("commands");
  }

  async send(content) {
    const replyTo = this.replyTo;
    this.replyTo = null;
    this.store.tell("composer");
    return await this.attempt(this.api.send(this.store.channelId, content, replyTo)) !== null;
  }

  reply(message) {
    this.replyTo = message.id;
    this.store.tell("composer");
  }

  startEdit(message) {
    this.editing = message?.id ?? null;
    this.store.tell("messages");
  }

  async edit(message, content) {
    this.editing = null;
    this.store.tell("messages");
    if (content !== message.content) await this.attempt(this.api.edit(message.channel_id, message.id, content));
  }

  async remove(message) {
    await this.attempt(this.api.remove(message.channel_id, message.id));
  }

  dismiss(message) {
    this.store.memory.dismiss(message.id);
    this.store.drop(message.channel_id, [message.id]);
    this.store.tell("messages");
  }

  async react(message, sign) {
    const mine = (message.reactions ?? []).some((one) => one.me && one.emoji.name === sign);
    const change = mine ? this.api.unreact : this.api.react;
    await this.attempt(change(message.channel_id, message.id, sign));
  }

  typing() {
    if (Date.now() - this.typedAt < TYPING_MS) return;
    this.typedAt = Date.now();
    this.api.typing(this.store.channelId).catch(() => {});
  }

  async setPace(pace) {
    const answer = await this.attempt(this.api.pace(pace));
    if (answer) this.store.pace = answer.pace;
    this.store.tell("pace");
  }

  isWaiting(message) {
    return [...this.pressed].some((key) => key.startsWith(`${message}/`));
  }

  /** A press on a button, or a choice in a select. */
  async press(message, customId, values) {
    const key = `${message.id}/${customId}`;
    this.pressed.add(key);
    this.failed.delete(message.id);
    this.store.tell("messages");
    const told = await this.interact({ kind: "press", channel: message.channel_id, message: message.id, custom_id: customId, values: values ?? [] });
    this.pressed.delete(key);
    if (told !== null) this.failed.set(message.id, told);
    this.store.tell("messages");
  }

  /** A slash command with its options by name. */
  command(entry, options) {
    return this.run(`/${entry.title}`, entry.command.application, { kind: "command", command: entry.title, options });
  }

  /** A command of a menu, on a message or a member. */
  menu(command, target) {
    return this.run(command.name, command.application, { kind: "menu", command: command.name, ...target });
  }

  /** Asks an application; what was asked is shown until it has answered. */
  async run(title, application, question) {
    const run = { key: `run-${Date.now()}-${this.running.length}`, channel: this.store.channelId, title, app: application.name, failed: null };
    this.running.push(run);
    this.store.tell("messages");
    const told = await this.interact({ channel: run.channel, application: application.id, ...question });
    if (told === null) this.running = this.running.filter((one) => one !== run);
    else run.failed = told;
    this.store.tell("messages");
  }

  dropRun(run) {
    this.running = this.running.filter((one) => one !== run);
    this.store.tell("messages");
  }

  /** The choices of an application for the option that is being typed; null where none came. */
  async complete(entry, options, focused) {
    try {
      const answer = await this.api.interact({ kind: "complete", channel: this.store.channelId, application: entry.command.application.id, command: entry.title, options, focused });
      return answer.choices ?? null;
    } catch {
      return null;
    }
  }

  /** Sends an interaction; null when it was answered, else words for the person. */
  async interact(body) {
    let answer;
    try {
      answer = await this.api.interact(body);
    } catch (error) {
      return error instanceof Refusal ? error.message : "The page could not send this.";
    }
    if (answer.outcome === "failed") return body.kind === "command" || body.kind === "menu" ? "The application did not respond." : "This interaction failed.";
    if (answer.outcome === "form") {
      openForm(this, answer.form, this.words, (values) => this.interact({ kind: "submit", form: answer.form.id, fields: values }));
    }
    return null;
  }

  async attempt(promise) {
    try {
      return await promise ?? {};
    } catch (error) {
      notice(error instanceof Refusal ? error.message : "Something on this page went wrong. Reload it.", "danger");
      if (!(error instanceof Refusal)) throw error;
      return null;
    }
  }
}
