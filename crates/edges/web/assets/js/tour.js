// The tour: one step after the other, each beside what it speaks of. Everything under it can still be used.

const GAP = 12;
const EDGE = 8;
/** Under this width the card stands at the foot of the screen, and what it speaks of above it. */
const NARROW = "(max-width: 40rem)";

const isSeen = (element) => element.checkVisibility() && element.getClientRects().length > 0;

/** What a step points to: the first of its places that is seen. */
function target(step) {
  const places = step.dataset.at.split(", ");
  return places.map((place) => document.querySelector(place)).find((found) => found && isSeen(found)) ?? null;
}

/** Puts the card beside its target, where it covers neither that nor the rim of the screen. */
function put(card, at) {
  for (const side of ["left", "top"]) card.style.removeProperty(side);
  card.classList.toggle("placed", Boolean(at) && !matchMedia(NARROW).matches);
  if (!card.classList.contains("placed")) return;
  const [box, own] = [at.getBoundingClientRect(), card.getBoundingClientRect()];
  const beside = box.right + GAP + own.width <= innerWidth - EDGE;
  const left = beside ? box.right + GAP : Math.min(Math.max(box.left, EDGE), innerWidth - own.width - EDGE);
  const below = beside ? box.top : box.bottom + GAP;
  const top = Math.min(below, innerHeight - own.height - EDGE);
  card.style.setProperty("left", `${Math.max(left, EDGE)}px`);
  card.style.setProperty("top", `${Math.max(top, EDGE)}px`);
}

class Tour {
  constructor(card) {
    this.card = card;
    this.steps = [...card.querySelectorAll("[data-step]")];
    this.back = card.querySelector("[data-tour-back]");
    this.next = card.querySelector("[data-tour-next]");
    this.back.addEventListener("click", () => this.show(this.now - 1));
    this.next.addEventListener("click", () => this.show(this.now + 1));
    card.querySelector("[data-tour-ends]").addEventListener("click", () => this.end());
    card.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") this.show(this.now + 1);
      else if (event.key === "ArrowLeft" && this.now > 0) this.show(this.now - 1);
      else return;
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !card.hidden) this.end();
    });
    addEventListener("resize", () => card.hidden || put(card, this.at));
    addEventListener("scroll", () => card.hidden || put(card, this.at), { passive: true });
  }

  begin() {
    document.getElementById("rail")?.hidePopover?.();
    for (const menu of document.querySelectorAll("details.account[open]")) menu.open = false;
    this.from = document.activeElement;
    this.show(0);
    this.card.focus();
  }

  show(place) {
    if (place >= this.steps.length) return this.end();
    this.now = place;
    this.at?.classList.remove("toured");
    this.steps.forEach((step, other) => (step.hidden = other !== place));
    this.at = target(this.steps[place]);
    this.at?.classList.add("toured");
    this.card.querySelector("[data-place-of-step]").textContent = `${place + 1} of ${this.steps.length}`;
    this.back.disabled = place === 0;
    this.next.textContent = place + 1 === this.steps.length ? "Done" : "Next";
    this.card.hidden = false;
    this.at?.scrollIntoView({ block: "nearest" });
    put(this.card, this.at);
  }

  end() {
    this.at?.classList.remove("toured");
    this.at = null;
    this.card.hidden = true;
    const back = this.from?.isConnected && isSeen(this.from) ? this.from : document.getElementById("main");
    back?.focus();
  }
}

/** Says that the person was asked, so that they are not asked again, wherever they sign in. */
function tell(offer) {
  const form = offer.querySelector("form");
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true }).catch(() => {
    // Then they are asked once more, with the next page.
  });
  offer.remove();
}

export function tour() {
  const card = document.getElementById("tour");
  if (!card) return;
  const shown = new Tour(card);
  const offer = document.getElementById("tour-offer");
  offer?.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    tell(offer);
    document.getElementById("main")?.focus();
  });
  for (const opener of document.querySelectorAll("[data-tour]")) {
    if (!opener.closest("#tour-offer")) opener.hidden = false;
    opener.addEventListener("click", () => {
      if (offer?.isConnected) tell(offer);
      shown.begin();
    });
  }
}
