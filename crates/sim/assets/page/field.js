// A text field that grows, knows mentions, and offers members, channels and emoji while one types.

import { findEmoji, withEmoji } from "./emoji.js";
import { Choices } from "./layer.js";
import { decode, encode, typedBefore } from "./mentions.js";

export class TextField {
  /** `more(text)` may offer choices of its own before mentions are looked for. */
  constructor(app, input, { label, more = () => null, pickMore = () => {} }) {
    Object.assign(this, { app, input, names: new Map() });
    this.choices = new Choices(input, {
      label, above: true, auto: false, find: () => [],
      pick: (item) => (item.more ? pickMore(item) : this.take(item)),
    });
    const look = () => {
      grow(input);
      const own = more(input.value);
      if (own) this.choices.show(own);
      else this.choices.show(this.offers());
    };
    input.addEventListener("input", look);
    input.addEventListener("click", look);
  }

  get text() {
    return withEmoji(encode(this.input.value, this.names)).trim();
  }

  set text(source) {
    this.names.clear();
    const { store } = this.app;
    this.input.value = decode(source, (kind, id) => {
      if (kind === "#") return store.guild?.channels.some((one) => one.id === id) ? `#${this.app.words.channel(id).name}` : null;
      if (kind === "@&") return store.role(id) ? `@${store.role(id).name}` : null;
      return store.member(id) ? `@${store.nameOf(id)}` : null;
    }, this.names);
    grow(this.input);
  }

  offers() {
    const typed = typedBefore(this.input.value, this.input.selectionStart);
    if (!typed) return [];
    const { store } = this.app;
    const letters = typed.letters.toLowerCase();
    const fits = (name) => name.toLowerCase().startsWith(letters) || name.toLowerCase().includes(` ${letters}`);
    const item = (label, detail, code, sign) => ({ label, detail, sign, code, start: typed.start });
    if (typed.kind === ":") return findEmoji(typed.letters).slice(0, 8).map((one) => item(`:${one.name}:`, null, one.sign, one.sign));
    if (typed.kind === "#") return store.guild.channels.filter((one) => one.type !== 4 && fits(one.name)).slice(0, 8).map((one) => item(`#${one.name}`, one.topic, `<#${one.id}>`));
    const members = store.guild.members.filter((member) => fits(store.nameOf(member.user.id)) || fits(member.user.username))
      .map((member) => item(`@${store.nameOf(member.user.id)}`, member.user.bot ? "App" : member.user.username, `<@${member.user.id}>`));
    const roles = store.guild.roles.filter((role) => role.id !== store.guildId && role.mentionable && fits(role.name)).map((role) => item(`@${role.name}`, "Role", `<@&${role.id}>`));
    return [...members, ...roles].slice(0, 8);
  }

  take(item) {
    const { input } = this;
    const shown = item.code.startsWith("<") ? item.label : item.code;
    if (item.code.startsWith("<")) this.names.set(item.label, item.code);
    input.setRangeText(`${shown} `, item.start, input.selectionStart, "end");
    input.focus();
    grow(input);
  }

  insert(text, name, code) {
    if (name) this.names.set(name, code);
    this.input.setRangeText(text, this.input.selectionStart, this.input.selectionEnd, "end");
    this.input.focus();
    grow(this.input);
  }
}

/** As tall as its text, up to ten lines. */
export function grow(input) {
  input.style.height = "auto";
  // An empty one stays one line tall, whatever its placeholder would take.
  if (input.value !== "") input.style.height = `${Math.min(input.scrollHeight, 240)}px`;
}
