// The bar above: as whom one acts, how lively the virtual members are, and the theme.

import { fill, h, icon } from "./dom.js";
import { face } from "./face.js";
import { Choices } from "./layer.js";

const QUICK_MAX = 4;
const PACES = [["off", "Off", "Virtual members are silent"], ["calm", "Calm", "Somebody does something about twice a minute"], ["lively", "Lively", "Somebody does something every few seconds"]];
const THEMES = [["", "screen", "Theme: as the system"], ["light", "sun", "Theme: light"], ["dark", "moon", "Theme: dark"]];

export class Actors {
  constructor(app) {
    this.app = app;
    this.people = document.getElementById("people");
    this.pace = document.getElementById("pace");
    this.theme = document.getElementById("theme");
    this.state = document.getElementById("connection");
    app.store.on("people", () => this.drawPeople());
    app.store.on("pace", () => this.drawPace());
    app.store.on("connection", () => this.drawConnection());
    this.theme.addEventListener("click", () => this.nextTheme());
    this.drawTheme();
  }

  drawPeople() {
    const { store } = this.app;
    const people = store.people;
    const quick = people.filter((person) => person.featured).slice(0, QUICK_MAX);
    const me = people.find((person) => person.id === store.me?.id);
    if (me && !quick.includes(me)) quick.push(me);
    const others = h("input", { class: "input people-search", type: "text", placeholder: "Someone else", "aria-label": "Act as someone else", autocomplete: "off", "data-testid": "act-as-search" });
    new Choices(others, {
      label: "Members", pick: (person) => this.app.become(person.value),
      find: (text) => people.filter((person) => `${person.name} ${person.label}`.toLowerCase().includes(text.toLowerCase())).slice(0, 50)
        .map((person) => ({ value: person.id, label: person.name, detail: person.label, sign: face(person, person.name, "small") })),
    });
    fill(this.people, h("span", { class: "people-title", id: "people-title" }, "You act as"),
      h("div", { class: "people-quick", role: "group", "aria-labelledby": "people-title" }, quick.map((person) => this.chip(person))), others);
  }

  chip(person) {
    const on = person.id === this.app.store.me?.id;
    return h("button", { class: "person", type: "button", "aria-pressed": on ? "true" : "false", "data-testid": `act-as-${person.username}`, title: person.name, on: { click: () => on || this.app.become(person.id) } },
      face(person, person.name, "small"), h("span", { class: "person-words" }, h("span", { class: "person-name" }, person.name), " ", h("span", { class: "person-label" }, person.label)));
  }

  drawPace() {
    const now = this.app.store.pace;
    fill(this.pace, h("legend", { class: "pace-title" }, "Virtual members"),
      h("div", { class: "pace-choices" }, PACES.map(([value, label, title]) => {
        const input = h("input", { class: "pace-input", type: "radio", name: "pace", value, checked: value === now, on: { change: () => this.app.setPace(value) } });
        return h("label", { class: "pace-choice", title }, input, h("span", null, label));
      })));
  }

  drawConnection() {
    const { connection } = this.app.store;
    this.state.hidden = connection !== "lost";
    fill(this.state, "The connection is lost. Trying again…");
  }

  nextTheme() {
    const now = document.documentElement.dataset.theme ?? "";
    const next = THEMES[(THEMES.findIndex(([value]) => value === now) + 1) % THEMES.length][0];
    try {
      if (next) localStorage.setItem("theme", next);
      else localStorage.removeItem("theme");
    } catch {
      // Storage is closed: the choice holds for this visit.
    }
    if (next) document.documentElement.dataset.theme = next;
    else delete document.documentElement.dataset.theme;
    this.drawTheme();
    this.app.store.tell("theme");
  }

  drawTheme() {
    const [, sign, label] = THEMES.find(([value]) => value === (document.documentElement.dataset.theme ?? ""));
    this.theme.setAttribute("aria-label", label);
    this.theme.title = label;
    fill(this.theme, icon(sign));
  }
}
