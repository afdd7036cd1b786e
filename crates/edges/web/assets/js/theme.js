// The theme: the system's, light or dark; shared with the chat page.

import { keep, kept } from "./dom.js";

export function theme() {
  const buttons = [...document.querySelectorAll("[data-theme-choice]")];
  const show = (chosen) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const chosen = button.dataset.themeChoice;
      keep("theme", chosen || null);
      if (chosen) document.documentElement.dataset.theme = chosen;
      else delete document.documentElement.dataset.theme;
      show(chosen);
    });
  }
  show(kept("theme") ?? "");
}
