// Buttons, selects and the newer blocks of a message.
// What always holds: while a press waits for its answer the whole row is quiet, and what failed says so beside it.

import { h, icon, webAddress } from "./dom.js";
import { openPicker } from "./picker.js";
import { localAddress } from "./embeds.js";
import { parse } from "./markdown.js";
import { draw } from "./markdown_view.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/** The components of a message; `app.pressed` knows which wait, `app.failed` which failed. */
export function components(app, message, words) {
  const rows = (message.components ?? []).map((part) => block(app, message, part, words));
  const failed = app.failed.get(message.id);
  return [rows, failed && h("div", { class: "component-failed", role: "alert" }, failed)];
}

function block(app, message, part, words) {
  const inner = () => (part.components ?? []).map((one) => block(app, message, one, words));
  switch (part.type) {
    case 1: return h("div", { class: "component-row" }, inner());
    case 2: return button(app, message, part);
    case 3: case 5: case 6: case 7: case 8: return select(app, message, part);
    case 9: return h("div", { class: "block-section" }, h("div", { class: "block-section-text" }, inner()), part.accessory && block(app, message, part.accessory, words));
    case 10: return h("div", { class: "block-text" }, draw(parse(part.content), h, words));
    case 11: return picture(part);
    case 12: return h("div", { class: "block-gallery" }, (part.items ?? []).map(picture));
    case 14: return h("hr", { class: part.divider === false ? "block-gap" : "block-line" });
    case 17: return h("div", { class: "block-box", vars: part.accent_color ? { "--bar": `#${part.accent_color.toString(16).padStart(6, "0")}` } : {} }, inner());
    default: return null;
  }
}

function picture(item) {
  const source = localAddress(item.media?.url);
  return source && h("img", { class: "file-picture", src: source, alt: item.description || "Picture without a description", loading: "lazy" });
}

/** What stands in front of a label: an emoji of the standard set. */
const sign = (emoji) => emoji?.name && !emoji.id && h("span", { class: "component-emoji" }, emoji.name);

function button(app, message, part) {
  const style = STYLES[part.style] ?? "secondary";
  const label = [sign(part.emoji), part.label && h("span", null, part.label)];
  if (part.style === 5) {
    const target = webAddress(part.url);
    return target && h("a", { class: "button button-secondary", href: target.href, target: "_blank", rel: "noopener noreferrer nofollow", title: target.host }, label, icon("open"));
  }
  const key = `${message.id}/${part.custom_id}`;
  const waiting = app.pressed.has(key);
  return h("button", {
    class: waiting ? `button button-${style} is-waiting` : `button button-${style}`,
    type: "button",
    disabled: Boolean(part.disabled) || app.isWaiting(message.id),
    "aria-busy": waiting ? "true" : null,
    "aria-label": part.label ?? part.emoji?.name ?? "Button",
    "data-focus": key,
    "data-testid": "component-button",
    on: { click: () => app.press(message, part.custom_id) },
  }, waiting && h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", { class: "button-label" }, label));
}

function select(app, message, part) {
  const key = `${message.id}/${part.custom_id}`;
  const waiting = app.pressed.has(key);
  const chosen = (part.options ?? []).filter((option) => option.default);
  const shown = chosen.length > 0 ? chosen.map((option) => option.label).join(", ") : part.placeholder || "Make a selection";
  const open = (event) => openPicker(event.currentTarget, app.store, part, (values) => app.press(message, part.custom_id, values));
  return h("button", {
    class: waiting ? "select is-waiting" : "select",
    type: "button",
    "aria-haspopup": "listbox",
    "aria-busy": waiting ? "true" : null,
    "aria-label": part.placeholder || "Make a selection",
    disabled: Boolean(part.disabled) || app.isWaiting(message.id),
    "data-focus": key,
    "data-testid": "component-select",
    on: { click: open },
  }, h("span", { class: chosen.length > 0 ? "select-value" : "select-value select-empty" }, shown), icon("down"));
}
