// Toasts leave by themselves, but not while somebody points at them, and an offer to undo stays longer.

const STAYS_MS = 6_000;
const UNDO_STAYS_MS = 20_000;

function leave(toast) {
  toast.remove();
}

export function toasts() {
  // What was just done is said once: not again when the page is loaded again, or kept as a bookmark.
  const address = new URL(location.href);
  if (address.searchParams.has("did")) {
    address.searchParams.delete("did");
    history.replaceState(history.state, "", address);
  }
  for (const toast of document.querySelectorAll(".toasts .toast")) {
    const stays = toast.querySelector("form") ? UNDO_STAYS_MS : STAYS_MS;
    let timer = setTimeout(() => leave(toast), stays);
    const hold = () => clearTimeout(timer);
    const go = () => {
      clearTimeout(timer);
      timer = setTimeout(() => leave(toast), stays);
    };
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", go);
    toast.addEventListener("focusout", go);
    const close = toast.querySelector("[data-closes]");
    if (close) {
      close.hidden = false;
      close.addEventListener("click", () => leave(toast));
    }
  }
}
