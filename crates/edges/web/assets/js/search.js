// The search field: pages by name at once, people a moment later, decisions or servers by their words on Enter.

import { make } from "./dom.js";
import { asker } from "./people.js";

const SHOWN_MAX = 7;

/** Where one may go: the sections, and whatever the page offers besides. */
function places() {
  return [...document.querySelectorAll("[data-place]")].map((link) => ({ name: link.dataset.place, href: link.href }));
}

function found(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return places().filter(({ name }) => words.every((word) => name.toLowerCase().includes(word))).slice(0, SHOWN_MAX);
}

export function search() {
  const field = document.getElementById("search");
  const list = document.getElementById("search-list");
  if (!field || !list) return;
  let at = -1;
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const options = () => [...list.children];
  const choose = (next) => {
    at = next;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (at >= 0) field.setAttribute("aria-activedescendant", options()[at].id);
    else field.removeAttribute("aria-activedescendant");
  };
  const ask = field.dataset.people ? asker(field.dataset.people) : async () => [];
  const show = (people = []) => {
    const text = field.value.trim();
    const shown = [...found(text), ...people].map(({ name, href }, place) => make("div", { role: "option", id: `search-${place}`, "data-href": href, "aria-selected": "false" }, name));
    if (text) shown.push(make("div", { role: "option", id: "search-words", "aria-selected": "false" }, `Search ${field.form.dataset.seeks} for “${text}”`));
    list.replaceChildren(...shown);
    list.hidden = shown.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    choose(text && shown.length > 1 ? 0 : -1);
  };
  const take = (option) => {
    if (option?.dataset.href) location.assign(option.dataset.href);
    else field.form.requestSubmit();
  };
  field.addEventListener("input", async () => {
    show();
    const people = await ask(field.value.trim());
    // Whoever has moved on meanwhile keeps what they see.
    if (people?.length && document.activeElement === field && at <= 0) show(people);
  });
  field.addEventListener("focus", () => show());
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(event.target.closest("[role=option]"));
  });
  field.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : options().length;
    if (event.key === "Escape") {
      field.value = "";
      field.blur();
    } else if (event.key === "ArrowDown" && count) choose((at + 1) % count);
    else if (event.key === "ArrowUp" && count) choose((at + count - 1) % count);
    else if (event.key === "Enter" && count && at >= 0) take(options()[at]);
    else return;
    event.preventDefault();
  });
}
