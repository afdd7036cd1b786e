// The open list of a select: of a message's own options, or of members, roles and channels. One or several may be chosen.

import { h, icon } from "./dom.js";
import { layers, place } from "./layer.js";

/** The items that a select offers. */
export function offered(store, part) {
  const guild = store.guild;
  const members = () => guild.members.map((member) => ({ value: member.user.id, label: store.nameOf(member.user.id), detail: member.user.bot ? "App" : member.user.username }));
  const roles = () => guild.roles.filter((role) => role.id !== guild.id).map((role) => ({ value: role.id, label: `@${role.name}`, detail: "Role" }));
  const channels = () => guild.channels.filter((one) => !part.channel_types?.length || part.channel_types.includes(one.type)).map((one) => ({ value: one.id, label: `#${one.name}` }));
  switch (part.type) {
    case 5: return members();
    case 6: return roles();
    case 7: return [...members(), ...roles()];
    case 8: return channels();
    default: return (part.options ?? []).map((option) => ({
      value: option.value, label: option.label, detail: option.description, sign: option.emoji?.id ? null : option.emoji?.name, chosen: option.default,
    }));
  }
}

/** Opens the list of a select; `done` gets the chosen values once the list closes with a valid choice. */
export function openPicker(anchor, store, part, done) {
  const items = offered(store, part);
  const [least, most] = [part.min_values ?? 1, part.max_values ?? 1];
  const chosen = new Set(items.filter((item) => item.chosen).map((item) => item.value));
  const before = [...chosen].join();
  const label = part.placeholder || part.label || "Options";
  const search = items.length > 10 && h("input", { class: "input picker-search", type: "search", placeholder: "Search", "aria-label": `Search in ${label}` });
  const rows = items.map((item) => h("div", { class: "choice", role: "option", tabindex: "-1", "aria-selected": chosen.has(item.value) ? "true" : "false", on: { click: () => toggle(item) } },
    item.sign && h("span", { class: "choice-sign" }, item.sign),
    h("span", { class: "choice-words" }, h("span", { class: "choice-label" }, item.label), item.detail && h("span", { class: "choice-detail" }, item.detail)),
    h("span", { class: "choice-check" }, icon("check"))));
  const list = h("div", { class: "picker-list", role: "listbox", "aria-label": label, "aria-multiselectable": most > 1 ? "true" : null }, rows);
  const foot = most > 1 && h("div", { class: "picker-foot" },
    h("span", null, least === most ? `Choose ${most}` : `Choose ${least} to ${most}`),
    h("button", { class: "button button-primary button-small", type: "button", on: { click: () => finish() } }, "Done"));
  const layer = h("div", { class: "layer picker" }, search, list, foot);

  const visible = () => rows.filter((row) => !row.hidden);
  const toggle = (item) => {
    if (most === 1) {
      chosen.clear();
      chosen.add(item.value);
      return finish();
    }
    if (!chosen.delete(item.value) && chosen.size < most) chosen.add(item.value);
    rows.forEach((row, at) => row.setAttribute("aria-selected", chosen.has(items[at].value) ? "true" : "false"));
  };
  const close = () => {
    layer.remove();
    document.removeEventListener("pointerdown", outside, true);
    if (anchor.isConnected) anchor.focus();
  };
  const finish = () => {
    close();
    const values = [...chosen];
    if (values.length >= least && (most === 1 || values.join() !== before)) done(values);
  };
  const outside = (event) => {
    if (!layer.contains(event.target)) finish();
  };
  layer.addEventListener("keydown", (event) => {
    const shown = visible();
    const at = shown.indexOf(document.activeElement);
    const moves = { ArrowDown: Math.min(at + 1, shown.length - 1), ArrowUp: Math.max(at - 1, 0), Home: 0, End: shown.length - 1 };
    if (event.key in moves && !(event.target === search && (event.key === "Home" || event.key === "End"))) {
      event.preventDefault();
      shown[moves[event.key]]?.focus();
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      event.preventDefault();
      toggle(items[rows.indexOf(shown[at])]);
    } else if (event.key === "Enter" && event.target === search) {
      event.preventDefault();
      if (shown[0]) toggle(items[rows.indexOf(shown[0])]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && most === 1) {
      event.preventDefault();
      close();
    }
  });
  if (search) {
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase();
      rows.forEach((row, at) => { row.hidden = !items[at].label.toLowerCase().includes(words); });
    });
  }
  (anchor.closest("dialog") ?? layers()).append(layer);
  layer.style.minWidth = `${anchor.getBoundingClientRect().width}px`;
  place(layer, anchor);
  document.addEventListener("pointerdown", outside, true);
  (search || rows.find((row) => row.getAttribute("aria-selected") === "true") || rows[0])?.focus();
}
