// A command being filled in: its name, and a pill for each option with its kind, its choices and its fault.
// What always holds: it is sent only when every option keeps its bounds; all of it works by keyboard: Tab and arrows at
// the ends move between pills, Enter sends, Escape leaves, Backspace in an empty pill takes an optional one away.

import { fill, freshId, h, icon } from "./dom.js";
import { face } from "./face.js";
import { Choices } from "./layer.js";
import { TYPES, given, kindWords, problem } from "./options.js";

const WAIT_MS = 150;

export class CommandBar {
  constructor(app, leave) {
    Object.assign(this, { app, leave, entry: null, pills: [] });
    this.row = h("div", { class: "command-row" });
    this.note = h("div", { class: "command-note", "aria-live": "polite" });
    this.element = h("div", { class: "command", role: "group", "aria-label": "Command", hidden: true, "data-testid": "command" }, this.note, this.row);
  }

  get isOpen() {
    return this.entry !== null;
  }

  start(entry, values = {}) {
    this.entry = entry;
    this.pills = [];
    this.element.hidden = false;
    this.element.setAttribute("aria-label", `Command /${entry.title}`);
    this.name = h("button", { class: "command-name", type: "button", "aria-label": `/${entry.title}, press Enter to send`, on: { keydown: (event) => this.nameKey(event), click: () => this.pills[0]?.focus() } }, `/${entry.title}`);
    this.optional = h("span", { class: "command-optional" });
    const send = h("button", { class: "icon-button composer-send", type: "button", "aria-label": "Send the command", title: "Send the command (Enter)", "data-testid": "command-send", on: { click: () => this.submit() } }, icon("send"));
    const leave = h("button", { class: "icon-button", type: "button", "aria-label": "Leave the command", title: "Leave the command (Escape)", on: { click: () => this.leave() } }, icon("close"));
    fill(this.row, h("span", { class: "command-parts" }, this.name, this.optional), h("span", { class: "command-ends" }, leave, send));
    for (const option of entry.options.filter((one) => one.required || one.name in values)) this.add(option, values[option.name]);
    this.drawOptional();
    this.tell(null);
    const first = this.pills.find((pill) => pill.isEmpty) ?? null;
    if (first) first.focus();
    else this.name.focus();
  }

  stop() {
    for (const pill of this.pills) pill.choices?.hide();
    this.entry = null;
    this.pills = [];
    this.element.hidden = true;
    fill(this.row);
    fill(this.note);
  }

  add(option, value) {
    const pill = new Pill(this, option);
    if (value !== undefined) pill.set(value);
    this.pills.push(pill);
    this.optional.before(pill.element);
    return pill;
  }

  drawOptional() {
    const rest = this.entry.options.filter((option) => !this.pills.some((pill) => pill.option === option));
    fill(this.optional, rest.map((option) => h("button", {
      class: "command-add", type: "button", "aria-label": `Add the option ${option.name}: ${option.description}`, title: option.description,
      on: { click: () => { this.add(option).focus(); this.drawOptional(); }, keydown: (event) => this.addKey(event) },
    }, icon("plus"), option.name)));
  }

  tell(pill, fault = null) {
    const of = pill ? [h("strong", null, pill.option.name), h("span", { class: "command-kind" }, `${kindWords(pill.option)}${pill.option.required ? ", required" : ""}`), h("span", null, pill.option.description)]
      : [h("span", null, this.entry.description), h("span", { class: "command-kind" }, "Enter sends")];
    fill(this.note, fault ? [h("strong", null, pill.option.name), h("span", { class: "command-fault", role: "alert" }, fault)] : of);
  }

  nameKey(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" || event.key === "Backspace") {
      event.preventDefault();
      this.leave();
    } else if (event.key === "ArrowRight") {
      event.preventDefault();
      this.pills[0]?.focus();
    }
  }

  addKey(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.leave();
  }

  move(pill, by) {
    const at = this.pills.indexOf(pill) + by;
    if (at < 0) this.name.focus();
    else if (at < this.pills.length) this.pills[at].focus();
    else this.optional.querySelector("button")?.focus();
  }

  /** To the next pill that is still empty; where none is, Enter sends from here. */
  onward(pill) {
    const later = this.pills.slice(this.pills.indexOf(pill) + 1).find((one) => one.isEmpty);
    if (later) later.focus();
  }

  remove(pill) {
    if (pill.option.required) return this.move(pill, -1);
    const at = this.pills.indexOf(pill);
    pill.choices?.hide();
    pill.element.remove();
    this.pills.splice(at, 1);
    this.drawOptional();
    (this.pills[Math.max(0, at - 1)] ?? { focus: () => this.name.focus() }).focus();
    return undefined;
  }

  get values() {
    return new Map(this.pills.map((pill) => [pill.option.name, pill.value]));
  }

  submit() {
    const wrong = this.pills.filter((pill) => pill.check() !== null);
    if (wrong.length > 0) {
      wrong[0].focus();
      return this.tell(wrong[0], wrong[0].check());
    }
    const { entry } = this;
    const options = given(entry, this.values);
    this.leave();
    return this.app.command(entry, options);
  }
}

/** One option: its name, and the field for its value. */
class Pill {
  constructor(bar, option) {
    Object.assign(this, { bar, option, value: null, waiting: null });
    const id = freshId("option");
    this.input = h("input", { class: "pill-input", id, autocomplete: "off", spellcheck: "false", "aria-required": option.required ? "true" : null, inputmode: option.type === TYPES.INTEGER ? "numeric" : option.type === TYPES.NUMBER ? "decimal" : null, "data-testid": `option-${option.name}` });
    this.element = h("span", { class: "pill" }, h("label", { class: "pill-name", for: id }, option.name, option.required && h("span", { class: "field-required", title: "Required" }, "*")), this.input);
    this.size();
    const listed = this.find("") !== null;
    if (listed || option.autocomplete) {
      this.choices = new Choices(this.input, { label: option.name, above: true, auto: !option.autocomplete, anchor: this.element, find: (text) => this.find(this.value === null ? text : ""), pick: (item) => this.pick(item) });
    }
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => this.focused());
    this.input.addEventListener("blur", () => this.left());
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  get isEmpty() {
    return this.value === null || this.value === "";
  }

  get isListed() {
    return this.option.choices?.length > 0 || this.option.type >= TYPES.BOOLEAN && this.option.type <= TYPES.MENTIONABLE;
  }

  focus() {
    this.input.focus();
  }

  check() {
    return problem(this.option, this.value);
  }

  set(value) {
    const item = this.find("")?.find((one) => one.value === value);
    if (item) this.pick(item, false);
    else {
      this.input.value = String(value);
      this.value = String(value);
      this.size();
    }
  }

  focused() {
    this.bar.tell(this);
    this.input.select();
    if (this.option.autocomplete) this.ask();
  }

  typed() {
    this.value = this.isListed ? null : this.input.value;
    this.size();
    this.element.classList.remove("pill-wrong");
    this.bar.tell(this);
    if (this.option.autocomplete) this.ask();
  }

  left() {
    clearTimeout(this.waiting);
    if (this.isListed && this.value === null && this.input.value !== "") {
      const exact = this.find(this.input.value)?.find((item) => [item.label, `@${item.label}`].some((name) => name.toLowerCase() === this.input.value.trim().toLowerCase()));
      if (exact) this.pick(exact, false);
    }
    const fault = this.input.value === "" ? null : this.check();
    this.element.classList.toggle("pill-wrong", fault !== null);
    this.input.setAttribute("aria-invalid", fault === null ? "false" : "true");
  }

  pick(item, moves = true) {
    this.value = item.value;
    this.input.value = item.shown ?? item.label;
    this.size();
    this.element.classList.remove("pill-wrong");
    if (moves) this.bar.onward(this);
  }

  size() {
    this.input.style.width = `calc(${Math.min(Math.max([...this.input.value].length, 4), 40)}ch + 1.25rem)`;
  }

  /** What can be chosen, by what was typed; null where anything may be typed. */
  find(text) {
    const { store } = this.bar.app;
    const letters = text.trim().replace(/^[@#]/, "").toLowerCase();
    const fits = (...names) => names.some((name) => name.toLowerCase().includes(letters));
    const people = () => store.guild.members.filter((member) => fits(store.nameOf(member.user.id), member.user.username)).map((member) => {
      const name = store.nameOf(member.user.id);
      return { value: member.user.id, label: name, shown: `@${name}`, detail: member.user.bot ? "App" : member.user.username, sign: face(member.user, name, "small") };
    });
    const roles = () => store.guild.roles.filter((role) => fits(role.name)).map((role) => ({ value: role.id, label: role.name, shown: `@${role.name.replace(/^@/, "")}`, detail: "Role" }));
    const kinds = this.option.channel_types;
    switch (this.option.choices?.length > 0 ? 0 : this.option.type) {
      case 0: return this.option.choices.filter((choice) => fits(choice.name)).map((choice) => ({ value: choice.value, label: choice.name }));
      case TYPES.BOOLEAN: return [{ value: true, label: "True" }, { value: false, label: "False" }].filter((choice) => fits(choice.label));
      case TYPES.USER: return people().slice(0, 25);
      case TYPES.CHANNEL: return store.guild.channels.filter((one) => (!kinds?.length || kinds.includes(one.type)) && fits(one.name)).slice(0, 25).map((one) => ({ value: one.id, label: one.name, shown: `#${one.name}`, detail: one.topic }));
      case TYPES.ROLE: return roles().slice(0, 25);
      case TYPES.MENTIONABLE: return [...people(), ...roles()].slice(0, 25);
      default: return null;
    }
  }

  /** Asks the application for choices, once typing pauses. */
  ask() {
    clearTimeout(this.waiting);
    const { bar, option } = this;
    this.waiting = setTimeout(async () => {
      const typed = this.input.value;
      const found = await bar.app.complete(bar.entry, given(bar.entry, new Map([...bar.values, [option.name, typed]]), option.name), option.name);
      if (document.activeElement !== this.input || this.input.value !== typed) return;
      if (found === null) this.choices.show([{ label: "Choices could not be loaded.", disabled: true }]);
      else if (found.length === 0) this.choices.show([{ label: "No choice fits what you typed.", disabled: true }]);
      else this.choices.show(found.map((choice) => ({ value: choice.value, label: choice.name })));
    }, WAIT_MS);
  }

  key(event) {
    if (event.isComposing) return;
    const { selectionStart: start, selectionEnd: end, value } = this.input;
    if (event.key === "Enter") {
      event.preventDefault();
      this.left();
      this.bar.submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.bar.leave();
    } else if (event.key === "Backspace" && value === "") {
      event.preventDefault();
      this.bar.remove(this);
    } else if (event.key === "ArrowLeft" && start === 0 && end === 0) {
      event.preventDefault();
      this.bar.move(this, -1);
    } else if (event.key === "ArrowRight" && start === value.length) {
      event.preventDefault();
      this.bar.move(this, 1);
    }
  }
}
