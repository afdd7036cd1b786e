// Live pages: the server says that something happened, and the parts of the page that are live are fetched anew. What
// has the focus, is open, or is being written stays as it is.

import { charts } from "./charts.js";

const PAUSE_MS = 700;

/** Fetches this page again and puts its live parts in place of the old ones. */
export async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
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
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), PAUSE_MS);
  };
  const open = () => {
    if (source) return;
    source = new EventSource(address);
    source.addEventListener("changed", soon);
  };
  const shut = () => {
    source?.close();
    source = null;
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
  if (!document.hidden) open();
}
