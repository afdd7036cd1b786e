// Live pages: the server says that something happened, and the parts of the page that are live are fetched anew. What
// has the focus, is open, or is being written stays as it is.

import { charts } from "./charts.js";

const PAUSE_MS = 300;
const COMES_AGAIN_MS = 20_000;

/** Fetches this page again and puts its live parts in place of the old ones. */
export async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  // Whoever may no longer see this page is shown why.
  if ([401, 403, 404].includes(answer.status)) return location.reload();
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    const isBusy = part.contains(document.activeElement) || part.querySelector("details[open]");
    if (!next || isBusy || next.isEqualNode(part)) continue;
    const known = new Set([...part.querySelectorAll("[data-key]")].map((one) => one.dataset.key));
    const place = document.importNode(next, true);
    part.replaceWith(place);
    charts(place);
    for (const one of place.querySelectorAll("[data-key]")) if (!known.has(one.dataset.key)) one.classList.add("fresh");
  }
}

export function live() {
  const address = document.body.dataset.liveAddress;
  if (!address || !document.querySelector("[data-live]")) return;
  let source = null;
  let timer = null;
  let again = null;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), PAUSE_MS);
  };
  const shut = () => {
    clearTimeout(again);
    source?.close();
    source = null;
  };
  const open = () => {
    if (source) return;
    source = new EventSource(address);
    source.addEventListener("changed", soon);
    // The session ended, or the right to see this page: loading it says which.
    source.addEventListener("over", () => {
      shut();
      location.reload();
    });
    // A browser comes again by itself where the line broke, but not where it was refused.
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      shut();
      again = setTimeout(() => {
        open();
        soon();
      }, COMES_AGAIN_MS);
    });
  };
  // A page that nobody looks at asks for nothing; it catches up when it is looked at again.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) shut();
    else {
      open();
      soon();
    }
  });
  window.addEventListener("pagehide", shut);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !document.hidden) {
      open();
      soon();
    }
  });
  if (!document.hidden) open();
}
