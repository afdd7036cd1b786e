// Keys that work anywhere on the page.

import { h, icon } from "./dom.js";

const LIST = [
  ["/", "Begin a command"],
  ["Up, in an empty message field", "Edit your last message"],
  ["Enter", "Send; Shift and Enter begin a new line"],
  ["Escape", "Leave what is open: a command, a reply, a menu, a drawer"],
  ["Alt and Up or Down", "The channel before or after"],
  ["Up, Down, j, k on a message", "The message before or after"],
  ["r, e, Enter on a message", "Reply, edit, show what can be done"],
  ["Tab, arrows in a command", "Move between its options"],
  ["?", "Show this list"],
];

const isWriting = (element) => element.matches?.("input, textarea, select, [contenteditable]");

export function keys(app) {
  document.addEventListener("keydown", (event) => {
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      beside(app, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector("dialog[open], .layer")) {
      // The key belongs to what has the focus.
    } else if (event.key === "/") {
      event.preventDefault();
      const input = document.getElementById("composer-input");
      input.focus();
      if (input.value === "") input.value = "/";
      input.dispatchEvent(new Event("input"));
    } else if (event.key === "?") {
      event.preventDefault();
      help();
    }
  });
  document.getElementById("help").addEventListener("click", help);
}

function beside(app, by) {
  const buttons = [...document.querySelectorAll("#channels button")];
  const at = buttons.findIndex((button) => button.dataset.place === app.store.channelId);
  buttons[(at + by + buttons.length) % buttons.length]?.click();
}

function help() {
  const close = () => dialog.close();
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "help-title" },
    h("header", { class: "form-head" }, h("h2", { class: "form-title", id: "help-title" }, "Keys"), h("button", { class: "icon-button", type: "button", "aria-label": "Close", on: { click: close } }, icon("close"))),
    h("dl", { class: "key-list" }, LIST.map(([key, does]) => h("div", { class: "key-row" }, h("dt", null, key), h("dd", null, does)))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
