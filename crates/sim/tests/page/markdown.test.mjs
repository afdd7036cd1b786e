// Members' text through the renderer: what it becomes, and that nothing in it is ever more than text.

import assert from "node:assert/strict";
import test from "node:test";
import { isJumbo, parse, plain } from "../../assets/page/markdown.js";
import { draw } from "../../assets/page/markdown_view.js";
import { builder, html, words } from "./fake_dom.mjs";

const TAGS = new Set(["span", "strong", "em", "u", "s", "code", "pre", "blockquote", "div", "small", "ul", "li", "a", "button", "time", "br"]);
const ATTRIBUTES = new Set(["class", "href", "target", "rel", "type", "role", "tabindex", "title", "datetime", "aria-label", "aria-expanded", "aria-hidden", "aria-level", "data-mark", "data-user", "data-channel", "data-command"]);

function rendered(text) {
  const h = builder();
  return { text: html(draw(parse(text), h, words)), h };
}

/** What stands in a line, without the spans that hold lines together. */
const line = (text) => rendered(text).text.replace(/^<span class="md-lines">([\s\S]*)<\/span>$/, "$1");

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "[click](javascript:alert(1))",
  "[click](JaVaScRiPt:alert(1))",
  "[click](java\nscript:alert(1))",
  "[click](data:text/html,<script>alert(1)</script>)",
  "[click](https://ok.example\" onmouseover=\"alert(1))",
  "[<img src=x onerror=alert(1)>](https://ok.example)",
  "[click](vbscript:msgbox)",
  "<javascript:alert(1)>",
  "<https://ok.example/\"><script>alert(1)</script>>",
  "https://ok.example/\"onmouseover=\"alert(1)",
  "https://ok.example/'><svg/onload=alert(1)>",
  "```html\n<script>alert(1)</script>\n```",
  "```\"><script>\nx\n```",
  "`<b onclick=alert(1)>`",
  "||<script>alert(1)</script>||",
  "> <iframe src=javascript:alert(1)>",
  "# <svg onload=alert(1)>",
  "- <a href=javascript:alert(1)>x</a>",
  "<@1><script>", "<@&\"><script>>", "<#1\"onclick=x>", "<:\"><script>:1>", "<t:1:R\"><script>>",
  "**<script>__<img>~~</script>__**~~",
  "\\<script\\>alert(1)\\</script\\>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "</command\"><script>:1>",
  "\u202Egnp.exe\u2066 \u0000\uFFFF",
  "https://user:pass@ok.example@evil.example/",
];

for (const text of HOSTILE) {
  test(`stays text: ${JSON.stringify(text).slice(0, 60)}`, () => {
    const { text: out, h } = rendered(text);
    for (const tag of h.tags) assert.ok(TAGS.has(tag), `<${tag}> was built`);
    for (const [tag, name, value] of h.attributes) {
      assert.ok(ATTRIBUTES.has(name), `${tag} got ${name}`);
      if (name === "href") assert.match(value, /^https?:\/\/[^\s"<>]+$/);
      if (name === "class") assert.match(value, /^[\w -]+$/);
    }
    assert.doesNotMatch(out, /<(script|img|svg|iframe|b |a href=javascript)/i);
  });
}

const TABLE = [
  ["plain", "plain"],
  ["**bold** and *italic* and _italic_", "<strong>bold</strong> and <em>italic</em> and <em>italic</em>"],
  ["***both***", "<strong><em>both</em></strong>"],
  ["__under__ ~~gone~~", "<u>under</u> <s>gone</s>"],
  ["**a *b* c**", "<strong>a <em>b</em> c</strong>"],
  ["*a **b** c*", "<em>a <strong>b</strong> c</em>"],
  ["snake_case_name", "snake_case_name"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["\\*not italic\\*", "*not italic*"],
  ["`code *not* italic`", '<code class="md-code">code *not* italic</code>'],
  ["``a ` b``", '<code class="md-code">a ` b</code>'],
  ["**not closed", "**not closed"],
  ["a\nb", "a<br></br>b"],
  ["<@1>", '<button class="md-mention md-mention-me" type="button" data-user="1">@user&lt;1&gt;</button>'],
  ["<#5>", '<button class="md-mention" type="button" data-channel="5">#channel&lt;5&gt;</button>'],
  ["<#6>", '<span class="md-mention">#channel&lt;6&gt;</span>'],
  ["@everyone", '<span class="md-mention md-mention-me">@everyone</span>'],
  ["me@everyone.example", "me<span class=\"md-mention md-mention-me\">@everyone</span>.example"],
  ["<t:5:R>", '<time class="md-time">at 5</time>'],
];
for (const [text, expected] of TABLE) test(`reads ${JSON.stringify(text)}`, () => assert.equal(line(text).replace(/ (datetime|title)=""/g, ""), expected));

test("a masked link shows the host that it leads to", () => {
  assert.match(line("[bank](https://evil.example/login)"), /<a class="md-link" href="https:\/\/evil\.example\/login"[^>]*>bank<\/a><span class="md-host"> \(evil\.example\)<\/span>/);
  assert.match(line("[x](https://good.example@evil.example/)"), /\(evil\.example\)/);
});

test("a bare link ends before the full stop that ends its sentence", () => {
  assert.match(line("see https://a.example/b?c=d."), /href="https:\/\/a\.example\/b\?c=d"[^>]*>https:\/\/a\.example\/b\?c=d<\/a>\.$/);
  assert.match(line("(https://a.example)"), />https:\/\/a\.example<\/a>\)$/);
});

test("a spoiler is hidden until it is asked for, from listeners too", () => {
  assert.match(line("||secret||"), /role="button" tabindex="0" aria-expanded="false" aria-label="Spoiler, select to show"><span class="md-spoiler-text" aria-hidden="true">secret/);
});

test("fences keep their text as it is", () => {
  const nodes = parse("before\n```rust\nfn a() { **x** }\n```\nafter");
  assert.deepEqual(nodes.map((node) => node.t), ["lines", "fence", "lines"]);
  assert.equal(nodes[1].language, "rust");
  assert.equal(nodes[1].v, "fn a() { **x** }");
});

test("blocks are told apart from lines", () => {
  const kinds = parse("# big\ntext\n> one\n> two\n- a\n  - b\n1. c\n-# small").map((node) => node.t);
  assert.deepEqual(kinds, ["heading", "lines", "quote", "list", "small"]);
});

test("a preview is one line without marks, and keeps spoilers hidden", () => {
  assert.equal(plain(parse("**hi** <https://a.example>\n||x||")), "hi https://a.example ▇▇▇");
});

test("no text takes long, however it is made", () => {
  const long = ["*", "_", "**", "||", "`", "[", "<", "> ", "- ", "[a](", "\\", "~~", "<@", "```", "https://", "# ", "*a", "[[", "__*", "||`"];
  const begun = performance.now();
  for (const piece of long) rendered(piece.repeat(Math.ceil(4000 / piece.length)));
  assert.ok(performance.now() - begun < 3000, `${Math.round(performance.now() - begun)} ms`);
});

test("emoji alone are shown large, words are not", () => {
  for (const text of ["🎉", "🎉 👍🏽", "👩‍💻", "🇫🇷"]) assert.ok(isJumbo(text), text);
  for (const text of ["", "a", "🎉 yes", "12", "#"]) assert.ok(!isJumbo(text), text);
});
