// On narrow screens channels and members slide in from the sides, one at a time.
// What always holds: an open drawer takes the focus and gives it back; Escape and a press beside it close it.

export class Drawers {
  constructor(app) {
    this.scrim = document.getElementById("scrim");
    this.back = null;
    const openers = { "open-left": "left", "open-right": "right", "steps-open": "right" };
    for (const [id, side] of Object.entries(openers)) {
      document.getElementById(id).addEventListener("click", (event) => this.press(side, event.currentTarget));
    }
    this.scrim.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && document.body.dataset.drawer) this.close();
    });
    document.querySelectorAll(".drawer-close").forEach((button) => button.addEventListener("click", () => this.close()));
    app.closeDrawers = () => this.close();
    this.narrow = matchMedia("(max-width: 1023px)");
    this.narrow.addEventListener("change", () => this.close());
    this.phone = matchMedia("(max-width: 719px)");
    this.phone.addEventListener("change", () => this.settle());
    this.settle();
  }

  /** On a phone the bar has room for the members alone: the rest stands under the channels. */
  settle() {
    this.close();
    const home = document.getElementById(this.phone.matches ? "left-foot" : "bar");
    home.append(document.getElementById("pace"), document.getElementById("bar-ends"));
  }

  press(side, opener) {
    if (side === "right" && !this.narrow.matches) {
      document.body.classList.toggle("right-closed");
      opener.setAttribute("aria-expanded", document.body.classList.contains("right-closed") ? "false" : "true");
      return;
    }
    if (document.body.dataset.drawer === side) return this.close();
    this.back = opener;
    document.body.dataset.drawer = side;
    this.scrim.hidden = false;
    document.getElementById(side).querySelector(".drawer-close")?.focus();
    return undefined;
  }

  close() {
    if (!document.body.dataset.drawer) return;
    delete document.body.dataset.drawer;
    this.scrim.hidden = true;
    this.back?.focus();
  }
}
