// The look: every pair of ink and ground that stands together is readable in both themes, and chosen colours are made so.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { channels, contrast, readable } from "../../assets/page/colour.js";

const css = readFileSync(new URL("../../../../assets/tokens.css", import.meta.url), "utf8");
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name, { light, dark }]));

const GROUNDS = ["ground", "ground-soft", "ground-sunk", "ground-raised", "ground-hover"];
const PAIRS = [
  ...["ink", "ink-soft"].flatMap((ink) => [...GROUNDS, "ground-pressed", "mention-soft", "info-soft", "accent-soft", "code"].map((ground) => [ink, ground])),
  ...GROUNDS.map((ground) => ["ink-faint", ground]),
  ["ink-faint", "mention-soft"], ["ink-faint", "info-soft"],
  ...[...GROUNDS, "accent-soft", "mention-soft", "info-soft"].map((ground) => ["accent-strong", ground]),
  ["accent-ink", "accent"], ["accent-ink", "accent-hover"],
  ["accent-ink", "good-fill"], ["accent-ink", "danger-fill"],
  ["good-ink", "good-soft"], ["warning-ink", "warning-soft"], ["danger-ink", "danger-soft"], ["info-ink", "info-soft"],
  ...["ground", "ground-raised", "ground-soft", "ground-hover", "info-soft"].map((ground) => ["danger-ink", ground]),
  ["warning-ink", "ground-soft"], ["good-ink", "ground"],
];

for (const theme of ["light", "dark"]) {
  for (const [ink, ground] of PAIRS) {
    test(`${ink} on ${ground}, ${theme}`, () => {
      const ratio = contrast(channels(tokens.get(ink)[theme]), channels(tokens.get(ground)[theme]));
      assert.ok(ratio >= 4.5, `${ratio.toFixed(2)} is under 4.5`);
    });
  }
  for (const ground of ["ground", "ground-raised", "ground-soft"]) {
    test(`edges of controls on ${ground}, ${theme}`, () => {
      assert.ok(contrast(channels(tokens.get("line-strong")[theme]), channels(tokens.get(ground)[theme])) >= 3);
    });
  }
}

test("the colour of any role can be read on either ground", () => {
  for (const ground of [[242, 240, 248], [42, 39, 52]]) {
    for (let colour = 1; colour <= 0xffffff; colour += 40_503) {
      const [red, green, blue] = readable(colour, ground).match(/\d+/g).map(Number);
      assert.ok(contrast([red, green, blue], ground) >= 4.5, colour.toString(16));
    }
  }
  assert.equal(readable(0, [0, 0, 0]), null);
});

test("faces carry white letters that can be read", () => {
  const sheet = readFileSync(new URL("../../assets/page/messages.css", import.meta.url), "utf8");
  const hues = [...sheet.matchAll(/--hue: (#[0-9a-f]{6})/g)].map(([, hue]) => hue);
  assert.equal(hues.length, 8);
  for (const hue of hues) assert.ok(contrast(channels(hue), [255, 255, 255]) >= 4.5, hue);
});

test("no style has a colour of its own, but for faces, presence and white on fills", () => {
  for (const name of ["layout.css", "messages.css", "controls.css"]) {
    const sheet = readFileSync(new URL(`../../assets/page/${name}`, import.meta.url), "utf8");
    const own = [...sheet.matchAll(/^.*(?<!--hue: )#[0-9a-f]{3,8}\b.*$/gim)].map(([line]) => line.trim()).filter((line) => !/color: #fff;|#23a35a|#c98a00|--hue/.test(line) && !line.startsWith("#") && !line.includes("{"));
    assert.deepEqual(own, [], name);
  }
});
