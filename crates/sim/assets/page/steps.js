// The panel "Try this": guided steps, each with a way to begin it, ticked once the server has seen it done.

import { fill, h, icon } from "./dom.js";

export class Steps {
  constructor(app) {
    this.app = app;
    this.panel = document.getElementById("steps");
    this.list = document.getElementById("steps-list");
    this.title = document.getElementById("steps-count");
    this.toggle = document.getElementById("steps-toggle");
    this.open = document.getElementById("steps-open");
    app.store.on("steps", () => this.draw());
    app.store.on("commands", () => this.draw());
    this.toggle.addEventListener("click", () => this.fold(!this.isFolded));
    this.fold(app.store.memory.read("steps.folded", false));
  }

  fold(folded) {
    this.isFolded = folded;
    this.app.store.memory.write("steps.folded", folded);
    this.list.hidden = folded;
    this.toggle.setAttribute("aria-expanded", folded ? "false" : "true");
  }

  draw() {
    const steps = this.app.store.steps;
    const done = steps.filter((step) => step.done).length;
    this.panel.hidden = steps.length === 0;
    this.open.hidden = steps.length === 0;
    this.title.textContent = `${done} of ${steps.length}`;
    fill(this.open, icon("steps"), h("span", null, `${done}/${steps.length}`));
    this.open.setAttribute("aria-label", `Try this, ${done}/${steps.length} done`);
    const held = document.activeElement?.dataset?.step;
    fill(this.list, steps.map((step) => this.row(step)),
      steps.length > 0 && done === steps.length && h("li", { class: "steps-end" }, "All done. Look around as long as you like."));
    if (held) this.list.querySelector(`[data-step="${CSS.escape(held)}"]`)?.focus();
  }

  row(step) {
    return h("li", { class: step.done ? "step step-done" : "step", "data-testid": `step-${step.id}`, "data-done": step.done ? "yes" : "no" },
      h("span", { class: "step-sign", role: "img", "aria-label": step.done ? "Done" : "To do" }, step.done && icon("check")),
      h("div", { class: "step-words" }, h("span", { class: "step-title" }, step.title), !step.done && h("span", { class: "step-hint" }, step.hint),
        !step.done && (step.command || step.draft) && h("button", { class: "step-go", type: "button", "data-step": step.id, on: { click: () => this.begin(step) } }, step.command ? `Try /${step.command}` : "Write it for me")));
  }

  begin(step) {
    this.app.closeDrawers?.();
    if (step.command) this.app.startCommand?.(step.command);
    else this.app.startMessage?.(step.draft);
  }
}
