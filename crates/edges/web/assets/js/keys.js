// Keys: `/` searches, g and a letter goes, j and k move, ? lists them; a thing in a list may have letters of its own.
// They can be switched off, and never write.

import { isWriting, keep, kept } from "./dom.js";

const GOES_WITHIN_MS = 1500;

/** What j and k move through. */
function stops() {
  return [...document.querySelectorAll("main [data-stop]")].filter((stop) => stop.offsetParent !== null);
}

function move(by) {
  const list = stops();
  const now = list.indexOf(document.activeElement);
  const next = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : now + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Presses the button that a letter stands for, in the thing that has the focus. */
function press(letter) {
  const button = document.activeElement?.closest("[data-item]")?.querySelector(`[data-key="${CSS.escape(letter)}"]`);
  button?.click();
  return Boolean(button);
}

function go(letter) {
  document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
}

export function keys() {
  const choice = document.getElementById("keys-on");
  const isOn = () => kept("keys") !== "off";
  if (choice) {
    choice.checked = isOn();
    choice.addEventListener("change", () => keep("keys", choice.checked ? null : "off"));
  }
  let went = -GOES_WITHIN_MS;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isWriting(event.target) || document.querySelector("dialog[open]") || !isOn()) return;
    const goes = performance.now() - went < GOES_WITHIN_MS;
    went = -GOES_WITHIN_MS;
    if (goes && /^[a-z]$/.test(event.key)) go(event.key);
    else if (event.key === "g") went = performance.now();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") document.querySelector("#search")?.focus();
    else if (event.key === "?") document.getElementById("keys")?.showModal();
    else if (!/^[a-z]$/.test(event.key) || !press(event.key)) return;
    event.preventDefault();
  });
}
