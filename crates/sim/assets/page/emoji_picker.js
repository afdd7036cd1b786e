// The picker of emoji: a grid to search in, for reactions and for the composer.

import { EMOJI, findEmoji } from "./emoji.js";
import { fill, h } from "./dom.js";
import { layers, place } from "./layer.js";

const COLUMNS = 8;

/** Opens the grid at an anchor; `done` gets the chosen sign. */
export function openEmojiPicker(anchor, done) {
  const point = anchor instanceof Element ? anchor.getBoundingClientRect() : anchor;
  const back = document.activeElement;
  const search = h("input", { class: "input picker-search", type: "search", placeholder: "Find an emoji", "aria-label": "Find an emoji" });
  const grid = h("div", { class: "emoji-grid", role: "group", "aria-label": "Emoji" });
  const layer = h("div", { class: "layer emoji-picker", role: "dialog", "aria-label": "Choose an emoji" }, search, grid);
  const close = () => {
    layer.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (back?.isConnected) back.focus();
  };
  const outside = (event) => {
    if (!layer.contains(event.target)) close();
  };
  const choose = (sign) => {
    close();
    done(sign);
  };
  const show = (list) => fill(grid, list.length === 0 ? h("p", { class: "empty-small" }, "No emoji has this name.")
    : list.map((one) => h("button", { class: "emoji-cell", type: "button", title: `:${one.name}:`, "aria-label": one.name.replace(/_/g, " "), on: { click: () => choose(one.sign) } }, one.sign)));
  search.addEventListener("input", () => show(search.value.trim() === "" ? EMOJI : findEmoji(search.value.trim())));
  layer.addEventListener("keydown", (event) => {
    const cells = [...grid.querySelectorAll("button")];
    const at = cells.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: at < 0 ? 1 : COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && event.target === search && cells[0]) {
      event.preventDefault();
      cells[0].click();
    } else if (step && (at >= 0 || event.key === "ArrowDown")) {
      event.preventDefault();
      const next = at + step;
      if (next < 0) search.focus();
      else cells[Math.min(next, cells.length - 1)]?.focus();
    }
  });
  show(EMOJI);
  layers().append(layer);
  place(layer, { x: point.left ?? point.x, y: point.bottom ?? point.y });
  document.addEventListener("pointerdown", outside, true);
  search.focus();
}
