// Faces and names of members: a picture's place with initials, a role's colour made readable, tags for bots and owners.

import { hue, initials, readable } from "./colour.js";
import { h } from "./dom.js";

/** A round face with the initials of a name. `presence` adds its dot. */
export function face(user, name, size = "normal", presence = null) {
  const dot = presence && h("span", { class: `face-dot face-dot-${presence}` });
  return h("span", { class: `face face-${size} hue-${hue(user.id)}`, "aria-hidden": "true" },
    h("span", { class: user.bot ? "face-letters face-bot" : "face-letters", "data-letters": initials(name) }), dot);
}

/** The tag beside a bot's name. */
export const botTag = () => h("span", { class: "tag", title: "This member is an application" }, "App");

/** The roles of a member, highest first. */
export function rolesOf(store, member) {
  return (member?.roles ?? []).map((id) => store.role(id)).filter(Boolean).sort((a, b) => b.position - a.position);
}

/** The colour of a member's name on the page's ground: of the highest role that has one. */
export function nameColour(store, member) {
  const role = rolesOf(store, member).find((one) => one.color);
  return role ? readable(role.color, ground()) : null;
}

/** The page's ground as numbers, whichever theme is on. */
export function ground() {
  const dark = document.documentElement.dataset.theme === "dark"
    || (document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  return dark ? [42, 39, 52] : [242, 240, 248];
}
