// What floats above the page: lists under an input, menus, short notices.
// What always holds: Escape and a press outside close the topmost layer, and focus goes back to where it came from.

import { fill, freshId, h, icon } from "./dom.js";

const EDGE = 8;
const HEIGHT_MAX = 400;

/** Where layers stand: in the main part, so that whoever goes by landmarks finds them. */
export const layers = () => document.querySelector("main");

/** Puts a floating element beside an anchor (an element or a point), inside the window. */
export function place(layer, anchor, prefer = "below") {
  const box = anchor instanceof Element ? anchor.getBoundingClientRect() : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
  layer.style.maxHeight = `${Math.min(HEIGHT_MAX, Math.max(160, (prefer === "above" ? box.top : window.innerHeight) - 2 * EDGE - 4))}px`;
  const { offsetWidth: width, offsetHeight: height } = layer;
  const fitsBelow = box.bottom + height + EDGE <= window.innerHeight;
  const fitsAbove = box.top - height - EDGE >= 0;
  const below = prefer === "above" ? !fitsAbove && fitsBelow : fitsBelow || !fitsAbove;
  const top = below ? box.bottom + 4 : box.top - height - 4;
  layer.style.left = `${Math.max(EDGE, Math.min(box.left, window.innerWidth - width - EDGE))}px`;
  layer.style.top = `${Math.max(EDGE, Math.min(top, window.innerHeight - height - EDGE))}px`;
}

/** A menu at an anchor. `items`: `{ label, icon?, danger?, run }` or null for a line. */
export function openMenu(anchor, label, items) {
  const back = document.activeElement;
  const rows = items.map((item) => item === null
    ? h("div", { class: "menu-line", role: "separator" })
    : h("button", { class: item.danger ? "menu-item menu-danger" : "menu-item", type: "button", role: "menuitem", tabindex: "-1", on: { click: () => { close(); item.run(); } } },
      h("span", { class: "menu-label" }, item.label), item.detail && h("span", { class: "menu-detail" }, item.detail), item.icon && icon(item.icon)));
  const menu = h("div", { class: "layer menu", role: "menu", "aria-label": label }, rows);
  const buttons = rows.filter((row) => row.getAttribute("role") === "menuitem");
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (back?.isConnected) back.focus();
  };
  const outside = (event) => {
    if (!menu.contains(event.target)) close();
  };
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 };
    if (event.key in moves) {
      event.preventDefault();
      buttons.at(moves[event.key] % buttons.length).focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  layers().append(menu);
  place(menu, anchor);
  document.addEventListener("pointerdown", outside, true);
  buttons[0]?.focus();
  return close;
}

/** A list of choices under a text input, which keeps the focus: a combobox. */
export class Choices {
  /** `find(text)` gives items `{ label, detail?, sign?, group?, value }`; `pick(item)` takes one. */
  constructor(input, { label, find, pick, above = false, auto = true, anchor = null }) {
    Object.assign(this, { input, find, pick, above, anchor: anchor ?? input });
    this.id = freshId("choices");
    this.list = h("div", { class: "layer choices", role: "listbox", id: this.id, "aria-label": label });
    this.items = [];
    this.active = -1;
    // A field of several lines stays a text field, which has no "expanded".
    this.isCombobox = input.tagName === "INPUT";
    if (this.isCombobox) input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    this.expand(false);
    if (auto) {
      input.addEventListener("input", () => this.show());
      input.addEventListener("focus", () => this.show());
      input.addEventListener("click", () => this.show());
    }
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.hide());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get isOpen() {
    return this.list.isConnected;
  }

  show(items = this.find(this.input.value)) {
    this.items = items ?? [];
    if (this.items.length === 0 || !this.input.isConnected) return this.hide();
    let group = null;
    const rows = [];
    this.items.forEach((item, index) => {
      if (item.group && item.group !== group) rows.push(h("div", { class: "choices-group", role: "presentation" }, item.group));
      group = item.group ?? group;
      rows.push(this.row(item, index));
    });
    fill(this.list, rows);
    if (!this.isOpen) layers().append(this.list);
    this.list.style.minWidth = `${Math.min(this.anchor.getBoundingClientRect().width, window.innerWidth - 16)}px`;
    this.expand(true);
    place(this.list, this.anchor, this.above ? "above" : "below");
    this.mark(this.items.findIndex((item) => !item.disabled));
  }

  expand(open) {
    if (open) this.input.setAttribute("aria-controls", this.id);
    else this.input.removeAttribute("aria-controls");
    if (this.isCombobox) this.input.setAttribute("aria-expanded", String(open));
  }

  row(item, index) {
    return h("div", { class: "choice", role: "option", id: `${this.id}-${index}`, "aria-disabled": item.disabled ? "true" : null, on: { click: () => this.take(index), pointermove: () => this.mark(index) } },
      item.sign && h("span", { class: "choice-sign" }, item.sign),
      h("span", { class: "choice-words" }, h("span", { class: "choice-label" }, item.label), item.detail && h("span", { class: "choice-detail" }, item.detail)),
      item.aside && h("span", { class: "choice-aside" }, item.aside));
  }

  mark(index) {
    this.active = index;
    for (const row of this.list.querySelectorAll("[role=option]")) {
      const on = row.id === `${this.id}-${index}`;
      row.setAttribute("aria-selected", on ? "true" : "false");
      if (on) row.scrollIntoView({ block: "nearest" });
    }
    if (index >= 0) this.input.setAttribute("aria-activedescendant", `${this.id}-${index}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  take(index) {
    const item = this.items[index];
    if (!item || item.disabled) return;
    this.hide();
    this.pick(item);
  }

  key(event) {
    if (!this.isOpen || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.mark((this.active + step + this.items.length) % this.items.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.items[this.active]) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.take(this.active);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.hide();
    }
  }

  hide() {
    this.list.remove();
    this.items = [];
    this.expand(false);
    this.input.removeAttribute("aria-activedescendant");
  }
}

/** A short notice at the foot of the page; it goes by itself, and can be sent away. */
export function notice(text, tone = "info") {
  const region = document.getElementById("notices");
  const bar = h("div", { class: `notice notice-${tone}` }, h("span", null, text),
    h("button", { class: "icon-button", type: "button", "aria-label": "Dismiss this notice", on: { click: () => bar.remove() } }, icon("close")));
  region.append(bar);
  while (region.children.length > 3) region.firstChild.remove();
  setTimeout(() => bar.remove(), 8_000);
}
