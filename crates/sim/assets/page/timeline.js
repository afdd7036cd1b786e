// The messages of the open channel: drawn in order, redrawn one by one, kept at the end while the reader is there.
// What always holds: a message that did not change keeps its element, its place and its focus; a redraw moves nothing
// under the reader's eyes.

import { fill, h, icon } from "./dom.js";
import { arrange } from "./group.js";
import { authorName, messageRow } from "./message.js";
import { memberMenu, messageMenu } from "./message_menu.js";
import { parse, plain } from "./markdown.js";
import { compareIds, isPrivate } from "./store.js";

const NEAR_PX = 80;

export class Timeline {
  constructor(app) {
    this.app = app;
    this.scroller = document.getElementById("scroller");
    this.list = document.getElementById("messages");
    this.jump = document.getElementById("jump");
    this.spoken = document.getElementById("spoken");
    this.drawn = new Map();
    this.atEnd = true;
    this.shownChannel = null;
    this.heardLast = null;
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("contextmenu", (event) => this.menu(event));
    this.list.addEventListener("click", (event) => this.click(event));
    this.list.addEventListener("focusin", (event) => this.focused(event.target.closest("[data-message]")));
    this.jump.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.scroller);
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.list);
    app.goTo = (id) => this.goTo(id);
    for (const topic of ["messages", "channel", "members", "theme"]) app.store.on(topic, () => this.soon());
  }

  soon() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const { store } = this.app;
    const log = store.log(store.channelId);
    const changed = this.shownChannel !== store.channelId;
    if (changed) {
      this.drawn.clear();
      fill(this.list);
      this.shownChannel = store.channelId;
      this.atEnd = true;
      this.heardLast = null;
    }
    this.list.setAttribute("aria-label", store.channel ? `Messages in ${store.channel.name}` : "Messages");
    const held = document.activeElement?.closest?.("[data-focus]")?.dataset.focus;
    const rows = this.rows(log);
    const before = this.atEnd ? null : this.firstSeen();
    this.reconcile(rows);
    if (held && document.activeElement?.closest?.("[data-focus]")?.dataset.focus !== held) this.refocus(held);
    if (this.atEnd) this.toEnd();
    else if (before) this.scroller.scrollTop += before.row.getBoundingClientRect().top - before.top;
    this.rove();
    this.announce(log);
    if (this.atEnd && document.visibilityState === "visible") store.readHere();
  }

  /** The rows that should stand: `[key, signature, make]`. */
  rows(log) {
    const { app } = this;
    const { store, words } = app;
    const rows = [];
    if (!log.loaded) return [["loading", "", () => skeleton()]];
    if (log.whole && store.channel) rows.push(["start", store.channel.name + (store.channel.topic ?? ""), () => welcome(store.channel)]);
    const theme = document.documentElement.dataset.theme ?? "";
    for (const placed of arrange(log.list, words.dayKey, log.newFrom, compareIds)) {
      const { message } = placed;
      if (placed.opensDay) rows.push([`day-${words.dayKey(placed.at)}`, "", () => h("div", { class: "divider", role: "separator" }, h("span", null, words.day(placed.at)))]);
      if (placed.isNew) rows.push(["new", "", () => h("div", { class: "divider divider-new", role: "separator" }, h("span", null, "New messages"))]);
      const waits = [...app.pressed].filter((key) => key.startsWith(message.id)).join();
      const member = store.member(message.author.id);
      const signature = JSON.stringify([message, placed.follows, waits, app.failed.get(message.id), app.editing === message.id, app.replyTo === message.id, member?.nick, member?.roles, theme, words.dayKey(new Date())]);
      rows.push([message.id, signature, () => messageRow(app, placed)]);
    }
    for (const run of app.running.filter((one) => one.channel === store.channelId)) {
      rows.push([run.key, run.failed ?? "", () => this.runRow(run)]);
    }
    return rows;
  }

  runRow(run) {
    const head = h("div", { class: "message-context" }, icon("right"), h("span", { class: "context-name" }, this.app.store.nameOf(this.app.store.me.id)), " used ", h("span", { class: "context-command" }, run.title));
    const body = run.failed
      ? h("div", { class: "run-failed", role: "alert" }, run.failed, " ", h("button", { class: "link-button", type: "button", on: { click: () => this.app.dropRun(run) } }, "Dismiss"))
      : h("div", { class: "message-thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `Sending to ${run.app}…`);
    return h("div", { class: "message message-private", "data-testid": "running" }, head, h("div", { class: "message-main" }, h("span", { class: "face-gap" }), h("div", { class: "message-body" }, body)));
  }

  reconcile(rows) {
    const keys = new Set(rows.map(([key]) => key));
    for (const [key, known] of this.drawn) {
      if (!keys.has(key)) {
        known.row.remove();
        this.drawn.delete(key);
      }
    }
    let at = this.list.firstChild;
    for (const [key, signature, make] of rows) {
      const known = this.drawn.get(key);
      if (known && known.signature === signature) {
        if (known.row === at) at = at.nextSibling;
        else this.list.insertBefore(known.row, at);
        continue;
      }
      const row = h("li", { class: "row" }, make());
      if (known) {
        if (known.row === at) at = at.nextSibling;
        known.row.remove();
      }
      this.list.insertBefore(row, at);
      this.drawn.set(key, { row, signature });
    }
  }

  refocus(key) {
    const target = this.list.querySelector(`[data-focus="${CSS.escape(key)}"]`) ?? this.list.querySelector(`[data-focus="${CSS.escape(key.split("/")[0])}"]`);
    target?.focus({ preventScroll: true });
  }

  /** The first row in view and where it stands, to hold it there. */
  firstSeen() {
    const top = this.scroller.getBoundingClientRect().top;
    for (const { row } of this.drawn.values()) {
      const box = row.getBoundingClientRect();
      if (box.bottom > top) return { row, top: box.top };
    }
    return null;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.atEnd = true;
    this.jump.hidden = true;
  }

  goTo(id) {
    const row = this.list.querySelector(`[data-message="${CSS.escape(id)}"]`);
    if (!row) return;
    this.atEnd = false;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    row.classList.add("message-found");
    setTimeout(() => row.classList.remove("message-found"), 1500);
  }

  async scrolled() {
    const { scroller } = this;
    this.atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
    this.jump.hidden = this.atEnd;
    if (this.atEnd) this.app.store.readHere();
    if (scroller.scrollTop < 200) await this.app.older();
  }

  /** One message at a time can be reached by tab: the last, or the one that was focused. */
  rove() {
    const all = [...this.list.querySelectorAll("[data-message]")];
    const current = all.find((row) => row.dataset.message === this.current) ?? all.at(-1);
    for (const row of all) row.tabIndex = row === current ? 0 : -1;
  }

  focused(row) {
    if (!row || row.dataset.message === this.current) return;
    this.current = row.dataset.message;
    this.rove();
  }

  messageAt(element) {
    const id = element.closest?.("[data-message]")?.dataset.message;
    return this.app.store.log(this.app.store.channelId).list.find((message) => message.id === id) ?? null;
  }

  key(event) {
    if (!event.target.matches("[data-message]")) {
      if (event.key === "Escape" && !event.target.matches("textarea")) event.target.closest("[data-message]")?.focus();
      return;
    }
    const message = this.messageAt(event.target);
    const all = [...this.list.querySelectorAll("[data-message]")];
    const at = all.indexOf(event.target);
    const steps = { ArrowUp: at - 1, ArrowDown: at + 1, k: at - 1, j: at + 1, Home: 0, End: all.length - 1 };
    if (event.ctrlKey || event.metaKey || event.altKey || !message) return;
    if (event.key in steps) {
      event.preventDefault();
      all[Math.max(0, Math.min(steps[event.key], all.length - 1))].focus();
    } else if (event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      const box = event.target.getBoundingClientRect();
      messageMenu(this.app, message, { x: box.left + 56, y: box.top + 24 });
    } else if (event.key === "r") {
      event.preventDefault();
      this.app.reply(message);
    } else if (event.key === "e" && message.author.id === this.app.store.me.id) {
      event.preventDefault();
      this.app.startEdit(message);
    } else if (event.key === "Escape") {
      document.getElementById("composer-input")?.focus();
    }
  }

  menu(event) {
    const user = event.target.closest("[data-user]")?.dataset.user;
    const message = this.messageAt(event.target);
    if (event.target.closest("a, input, textarea") || (!user && !message) || String(getSelection()) !== "") return;
    event.preventDefault();
    const point = { x: event.clientX, y: event.clientY };
    if (user) memberMenu(this.app, user, point);
    else messageMenu(this.app, message, point);
  }

  click(event) {
    const target = event.target.closest("button[data-user], button[data-channel], button[data-command]");
    if (!target) return;
    if (target.dataset.user) memberMenu(this.app, target.dataset.user, target);
    else if (target.dataset.channel) this.app.openChannel(target.dataset.channel);
    else this.app.startCommand?.(target.dataset.command);
  }

  /** Says a new message aloud, to those who listen rather than look. */
  announce(log) {
    const last = log.list.at(-1);
    if (!last || last.id === this.heardLast) return;
    const first = this.heardLast === null;
    this.heardLast = last.id;
    if (first || last.author.id === this.app.store.me?.id) return;
    const text = plain(parse(last.content)) || last.embeds?.map((one) => [one.title, one.description].filter(Boolean).join(". ")).join(". ") || "a message";
    this.spoken.textContent = `${isPrivate(last) ? "Only for you. " : ""}${authorName(this.app.store, last)}: ${text.slice(0, 300)}`;
  }
}

function welcome(channel) {
  return h("div", { class: "welcome" }, h("span", { class: "welcome-sign" }, icon("hash")), h("h2", { class: "welcome-title" }, `Welcome to #${channel.name}`),
    h("p", { class: "welcome-text" }, channel.topic || "This is the beginning of the channel."));
}

function skeleton() {
  const line = (width) => h("span", { class: `skeleton-line skeleton-${width}` });
  const one = (width) => h("div", { class: "skeleton" }, h("span", { class: "skeleton-face" }), h("div", null, line("name"), line(width)));
  return h("div", { "aria-hidden": "true" }, one("long"), one("short"), one("long"), one("short"));
}
