// Members by the beginning of a name: whom the server knows is asked for while one types, and never twice at once.

import { make } from "./dom.js";

const WAITS_MS = 200;
const LETTERS_MIN = 2;

/** Asks for the people whose name begins like a text; gives nobody where that fails. A newer question ends an older. */
export function asker(address) {
  let last;
  return async (text) => {
    last?.abort();
    if (text.length < LETTERS_MIN) return [];
    const own = new AbortController();
    last = own;
    await new Promise((resolve) => setTimeout(resolve, WAITS_MS));
    if (own.signal.aborted) return null;
    try {
      const answer = await fetch(`${address}?named=${encodeURIComponent(text)}`, { signal: own.signal });
      return answer.ok ? await answer.json() : [];
    } catch {
      return own.signal.aborted ? null : [];
    }
  };
}

/** Fields of filters that take a member: names are offered while one types. */
export function people() {
  for (const field of document.querySelectorAll("input[list][data-people]")) {
    const ask = asker(field.dataset.people);
    field.addEventListener("input", async () => {
      const found = await ask(field.value.trim());
      if (found) field.list.replaceChildren(...found.map(({ name }) => make("option", { value: name })));
    });
  }
}
