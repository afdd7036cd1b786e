// The page's one way to the simulated Discord: requests as a member, and the live stream of what that member sees.
// What always holds: a lost stream is taken up again by itself, with growing pauses; whoever listens is told, and reads
// everything anew, so that nothing that happened meanwhile is missing.

const BASE = new URL("../api/", import.meta.url);
const PAUSE_MS_MAX = 8_000;

/** A refusal, with words for the person. */
export class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, query, body) {
  const url = new URL(path, BASE);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) url.searchParams.set(name, value);
  }
  const options = { method, headers: { accept: "application/json" } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new Refusal("The server does not answer. Check that it is still running.", 0);
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text === "" ? null : JSON.parse(text);
  } catch {
    throw new Refusal(`The server answered with something that is not JSON (status ${response.status}).`, response.status);
  }
  if (!response.ok) throw new Refusal(answer?.message ?? `The server refused this (status ${response.status}).`, response.status);
  return answer;
}

/** Requests as one member. */
export function requests(as) {
  const message = (channel, id) => `channels/${channel}/messages/${id}`;
  return {
    state: () => call("GET", "state", { as }),
    messages: (channel, before) => call("GET", `channels/${channel}/messages`, { as, before }),
    commands: (channel) => call("GET", `channels/${channel}/commands`, { as }),
    send: (channel, content, replyTo) => call("POST", `channels/${channel}/messages`, { as }, { content, reply_to: replyTo ?? null }),
    edit: (channel, id, content) => call("PATCH", message(channel, id), { as }, { content }),
    remove: (channel, id) => call("DELETE", message(channel, id), { as }),
    react: (channel, id, emoji) => call("PUT", `${message(channel, id)}/reactions`, { as, emoji }),
    unreact: (channel, id, emoji) => call("DELETE", `${message(channel, id)}/reactions`, { as, emoji }),
    typing: (channel) => call("POST", `channels/${channel}/typing`, { as }),
    interact: (body) => call("POST", "interactions", { as }, body),
    pace: (pace) => call("PUT", "pace", {}, { pace }),
  };
}

/** Opens the live stream of a member. `heard` gets each event, `changed` gets "open" and "lost". */
export function live(as, heard, changed) {
  let socket = null;
  let pause = 250;
  let timer = null;
  let ended = false;

  const open = () => {
    const url = new URL("live", BASE);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("as", as);
    socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      pause = 250;
      changed("open");
    });
    socket.addEventListener("message", (event) => {
      const { t, d } = JSON.parse(event.data);
      heard(t, d);
    });
    socket.addEventListener("close", () => {
      if (ended) return;
      changed("lost");
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, PAUSE_MS_MAX);
    });
  };
  const now = () => {
    if (ended || document.visibilityState === "hidden" || socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(timer);
    pause = 250;
    open();
  };
  document.addEventListener("visibilitychange", now);
  window.addEventListener("online", now);
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", now);
    window.removeEventListener("online", now);
    socket.close();
  };
}
