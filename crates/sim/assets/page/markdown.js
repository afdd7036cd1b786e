// Reads Discord's markdown into a tree of plain objects. Pure: no DOM, no network, no clock.
// What always holds: every character of the text ends up as text somewhere in the tree; no node carries markup; an
// address is in the tree only if it is http or https. Work is bounded by the length and depth limits below.

const LENGTH_MAX = 8000;
const DEPTH_MAX = 8;

/** The tree of a text: a list of nodes, each `{ t, … }`. */
export function parse(source) {
  const text = String(source ?? "").slice(0, LENGTH_MAX).replace(/\r\n?/g, "\n");
  const nodes = [];
  const fence = /```(?:([A-Za-z0-9_+.#-]{1,30})\n)?([\s\S]*?)```/g;
  let from = 0;
  for (const match of text.matchAll(fence)) {
    if (match[2] === "") continue;
    const before = text.slice(from, match.index);
    nodes.push(...blocks(before.replace(/\n$/, "")));
    nodes.push({ t: "fence", language: match[1] ?? "", v: match[2].replace(/^\n|\n$/g, "") });
    from = match.index + match[0].length;
    if (text[from] === "\n") from += 1;
  }
  nodes.push(...blocks(text.slice(from)));
  return nodes;
}

/** The text as one line without marks, for previews of replies and labels. */
export function plain(nodes) {
  return flat(nodes).replace(/\s+/g, " ").trim();
}

function flat(nodes) {
  return nodes.map((node) => {
    if (node.t === "spoiler") return "▇▇▇";
    if (node.t === "break") return " ";
    if (node.t === "emoji") return `:${node.name}:`;
    if (node.children) return flat(node.children) + (BLOCKS.has(node.t) ? " " : "");
    if (node.items) return `${node.items.map((item) => flat(item.children)).join(" ")} `;
    return node.v ?? "";
  }).join("");
}

const BLOCKS = new Set(["quote", "heading", "small", "list", "fence", "lines"]);

function blocks(text, depth = 0) {
  if (text === "") return [];
  const lines = text.split("\n");
  const nodes = [];
  let plainLines = [];
  const flush = () => {
    if (plainLines.length) nodes.push({ t: "lines", children: inline(plainLines.join("\n"), depth) });
    plainLines = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const [node, used] = depth < 2 ? block(lines, at, depth) : [null, 0];
    if (node === null) {
      plainLines.push(lines[at]);
    } else {
      flush();
      nodes.push(node);
      at += used - 1;
    }
  }
  flush();
  return nodes;
}

/** The block that begins at a line, and how many lines it takes. */
function block(lines, at, depth) {
  const line = lines[at];
  if (line.startsWith(">>> ")) {
    const rest = [line.slice(4), ...lines.slice(at + 1)];
    return [{ t: "quote", children: blocks(rest.join("\n"), depth + 1) }, lines.length - at];
  }
  if (line.startsWith("> ")) {
    const quoted = takeWhile(lines, at, (next) => next.startsWith("> "));
    return [{ t: "quote", children: blocks(quoted.map((next) => next.slice(2)).join("\n"), depth + 1) }, quoted.length];
  }
  const heading = /^(#{1,3}) +(\S.*)$/.exec(line);
  if (heading) return [{ t: "heading", level: heading[1].length, children: inline(heading[2], depth + 1) }, 1];
  if (/^-# +\S/.test(line)) return [{ t: "small", children: inline(line.replace(/^-# +/, ""), depth + 1) }, 1];
  if (LIST.test(line)) {
    const listed = takeWhile(lines, at, (next) => LIST.test(next));
    const items = listed.map((next) => {
      const [, indent, mark, rest] = LIST.exec(next);
      const number = Number.parseInt(mark, 10);
      return { level: Math.min(indent.length >> 1, 4), mark: Number.isNaN(number) ? "•" : `${number}.`, children: inline(rest, depth + 1) };
    });
    return [{ t: "list", items }, listed.length];
  }
  return [null, 0];
}

const LIST = /^( {0,10})([-*]|\d{1,9}\.) +(\S.*)$/;

function takeWhile(lines, at, holds) {
  let end = at;
  while (end < lines.length && holds(lines[end])) end += 1;
  return lines.slice(at, end);
}

const PAIRS = [
  ["||", "spoiler"],
  ["***", "bold-italic"],
  ["**", "bold"],
  ["__", "underline"],
  ["~~", "strike"],
  ["*", "italic"],
  ["_", "italic"],
];

const TOKENS = [
  [/<@!?(\d{1,20})>/y, ([, id]) => ({ t: "user", id })],
  [/<@&(\d{1,20})>/y, ([, id]) => ({ t: "role", id })],
  [/<#(\d{1,20})>/y, ([, id]) => ({ t: "channel", id })],
  [/<\/([-\p{L}\p{N}_ ]{1,100}):(\d{1,20})>/uy, ([, name, id]) => ({ t: "command", name, id, v: `/${name}` })],
  [/<(a?):(\w{2,32}):(\d{1,20})>/y, ([, animated, name, id]) => ({ t: "emoji", name, id, animated: animated === "a" })],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, ([, seconds, style]) => ({ t: "time", seconds: Number(seconds), style: style ?? "f" })],
  [/@(?:everyone|here)\b/y, ([v]) => ({ t: "everyone", v })],
];

function inline(text, depth) {
  const nodes = [];
  let words = "";
  const flush = () => {
    if (words) nodes.push({ t: "text", v: words });
    words = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = depth < DEPTH_MAX ? mark(text, at, depth) : null;
    if (found === null) {
      words += text[at];
      at += 1;
    } else {
      flush();
      nodes.push(...found.nodes);
      at = found.end;
    }
  }
  flush();
  return nodes;
}

/** What begins at this place, if it is more than a letter. */
function mark(text, at, depth) {
  const letter = text[at];
  if (letter === "\n") return { nodes: [{ t: "break" }], end: at + 1 };
  if (letter === "\\" && /[\\`*_~|<>#@:[\]()!.-]/.test(text[at + 1] ?? "")) {
    return { nodes: [{ t: "text", v: text[at + 1] }], end: at + 2 };
  }
  if (letter === "`") return code(text, at);
  if (letter === "<" || letter === "@") return token(text, at) ?? bracketed(text, at);
  if (letter === "[") return masked(text, at, depth);
  if (letter === "h") return bare(text, at);
  if ("|*_~".includes(letter)) return pair(text, at, depth);
  return null;
}

function token(text, at) {
  for (const [pattern, make] of TOKENS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { nodes: [make(match)], end: at + match[0].length };
  }
  return null;
}

function code(text, at) {
  const ticks = text.startsWith("``", at) ? "``" : "`";
  const end = text.indexOf(ticks, at + ticks.length);
  if (end <= at + ticks.length - 1 || end === at + ticks.length) return null;
  const inner = text.slice(at + ticks.length, end);
  return { nodes: [{ t: "code", v: inner.replace(/^ (?=`)|(?<=`) $/g, "") }], end: end + ticks.length };
}

/** `<https://…>`: a link without a preview. */
function bracketed(text, at) {
  const match = /^<(https?:\/\/[^\s<>]{1,2000})>/.exec(text.slice(at, at + 2010));
  const url = match && address(match[1]);
  return url ? { nodes: [{ t: "link", url, children: [{ t: "text", v: match[1] }] }], end: at + match[0].length } : null;
}

/** `[label](https://…)`: the label alone would hide where it leads, so the host is kept beside it. */
function masked(text, at, depth) {
  const match = /^\[([^[\]\n]{1,400})\]\(<?(https?:\/\/[^\s<>]{1,2000}?)>?(?: +"[^"\n]{0,200}")?\)/.exec(text.slice(at, at + 2700));
  const url = match && address(match[2]);
  if (!url) return null;
  const children = inline(match[1], depth + 1);
  return { nodes: [{ t: "link", url, host: new URL(url).host, children }], end: at + match[0].length };
}

function bare(text, at) {
  if (at > 0 && /\w/.test(text[at - 1])) return null;
  const match = /^https?:\/\/[^\s<>|]{1,2000}/.exec(text.slice(at, at + 2010));
  if (!match) return null;
  let shown = match[0].replace(/[.,:;!?'"\]*_~]+$/, "");
  if (shown.endsWith(")") && !shown.includes("(")) shown = shown.slice(0, -1);
  const url = address(shown);
  return url ? { nodes: [{ t: "link", url, children: [{ t: "text", v: shown }] }], end: at + shown.length } : null;
}

function address(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

function pair(text, at, depth) {
  const [sign, kind] = PAIRS.find(([sign]) => text.startsWith(sign, at)) ?? [null];
  if (sign === null) return null;
  const end = closing(text, at, sign);
  if (end < 0) return null;
  const children = inline(text.slice(at + sign.length, end), depth + 1);
  const node = kind === "bold-italic" ? { t: "bold", children: [{ t: "italic", children }] } : { t: kind, children };
  return { nodes: [node], end: end + sign.length };
}

/** Where a pair closes: past escapes, code and longer runs of the same sign; -1 if it never does. */
function closing(text, at, sign) {
  const first = at + sign.length;
  if (sign.length === 1 && /\s/.test(text[first] ?? " ")) return -1;
  if (sign === "_" && /\w/.test(text[at - 1] ?? "")) return -1;
  for (let place = first; place < text.length; place += 1) {
    if (text[place] === "\\") {
      place += 1;
    } else if (text[place] === "`") {
      const span = code(text, place);
      if (span) place = span.end - 1;
    } else if (text.startsWith(sign, place)) {
      let run = place;
      while (text[run] === sign[0]) run += 1;
      if (sign.length === 1 && run - place === 2) {
        // The inner pair of the longer sign, as in `*a **b** c*`.
        place = run - 1;
        continue;
      }
      const end = sign.length < 3 && sign[0] !== "|" ? run - sign.length : place;
      if (end === first) return -1;
      if (sign === "_" && /\w/.test(text[run] ?? "")) continue;
      return end;
    }
  }
  return -1;
}

/** Whether a text is nothing but a few emoji, which are then shown large. */
export function isJumbo(text) {
  const bare = String(text ?? "").replace(/\s/g, "");
  if (bare === "" || bare.length > 60) return false;
  return /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*|\p{Regional_Indicator}{2})+$/u.test(bare);
}
