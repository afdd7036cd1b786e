// Commands and their options, mentions while writing, grouping, moments.

import assert from "node:assert/strict";
import test from "node:test";
import { arrange } from "../../assets/page/group.js";
import { decode, encode, typedBefore } from "../../assets/page/mentions.js";
import { flatten, given, matching, problem } from "../../assets/page/options.js";
import { withEmoji } from "../../assets/page/emoji.js";
import { compareIds } from "../../assets/page/store.js";
import { moments } from "../../assets/page/when.js";

const commands = [
  { type: 1, name: "pay", description: "Pays", options: [{ type: 6, name: "user", required: true }, { type: 4, name: "amount", required: true, min_value: 1 }, { type: 3, name: "note", max_length: 5 }] },
  { type: 1, name: "memory", options: [{ type: 1, name: "show", description: "Shows" }, { type: 2, name: "deep", options: [{ type: 1, name: "add", options: [{ type: 3, name: "text", required: true }] }] }] },
  { type: 2, name: "Profile" },
];

test("groups are taken apart, menus are left out, the best fit comes first", () => {
  const entries = flatten(commands);
  assert.deepEqual(entries.map((one) => one.title), ["memory deep add", "memory show", "pay"]);
  assert.deepEqual(matching(entries, "add").map((one) => one.title), ["memory deep add"]);
  assert.deepEqual(matching(entries, "p").map((one) => one.title), ["pay", "memory deep add"]);
});

const FAULTS = [
  [{ type: 4, required: true }, "", "This option is required."],
  [{ type: 4 }, "", null],
  [{ type: 4, min_value: 1 }, "0", "Enter 1 or more."],
  [{ type: 4, max_value: 5 }, "6", "Enter 5 or less."],
  [{ type: 4 }, "1.5", "Enter a whole number."],
  [{ type: 4 }, "1e3", "Enter a whole number."],
  [{ type: 4 }, "9999999999999999", "This number is too large."],
  [{ type: 4 }, " 7 ", null],
  [{ type: 10 }, "1.5", null],
  [{ type: 3, max_length: 3 }, "abcd", "Enter at most 3 characters; these are 4."],
  [{ type: 3, min_length: 3 }, "👍👍", "Enter at least 3 characters."],
  [{ type: 3, choices: [{ value: "a" }] }, "b", "Choose one from the list."],
  [{ type: 5 }, true, null],
  [{ type: 5 }, "true", "Choose True or False."],
  [{ type: 6 }, "12", null],
  [{ type: 6 }, "Mika", "Choose one from the list."],
  [{ type: 11, required: true }, "x", "Files cannot be attached on this page."],
];
for (const [option, value, expected] of FAULTS) {
  test(`option ${JSON.stringify(option)} with ${JSON.stringify(value)}`, () => assert.equal(problem(option, value), expected));
}

test("what is sent has its type, the focused option its text, and what is wrong is left out", () => {
  const [pay] = flatten(commands).filter((one) => one.title === "pay");
  const values = new Map([["user", "7"], ["amount", " 25 "], ["note", "too long"]]);
  assert.deepEqual(given(pay, values), { user: "7", amount: 25 });
  assert.deepEqual(given(pay, new Map([["user", "7"]]), "note"), { user: "7", note: "" });
});

test("names become ids, the longest first, and not in code or inside words", () => {
  const names = new Map([["@Mika", "<@1>"], ["@Mika Sol", "<@2>"], ["#general", "<#3>"]]);
  assert.equal(encode("@Mika Sol and @Mika in #general", names), "<@2> and <@1> in <#3>");
  assert.equal(encode("`@Mika` @Mikado", names), "`@Mika` @Mikado");
});

test("ids become names for editing, and the same ids again", () => {
  const names = new Map();
  const text = decode("hi <@2> in <#3> <@9>", (kind, id) => ({ "@2": "@Mika Sol", "#3": "#general" })[kind + id] ?? null, names);
  assert.equal(text, "hi @Mika Sol in #general <@9>");
  assert.equal(encode(text, names), "hi <@2> in <#3> <@9>");
});

test("what is typed before the caret is found", () => {
  assert.deepEqual(typedBefore("hi @mi", 6), { kind: "@", letters: "mi", start: 3 });
  assert.deepEqual(typedBefore(":wav", 4), { kind: ":", letters: "wav", start: 0 });
  assert.equal(typedBefore("mail@mi", 7), null);
  assert.equal(typedBefore("10:30", 5), null);
});

test("emoji names become emoji, but not in code or times", () => {
  assert.equal(withEmoji("hi :wave: `:wave:` 10:30:00 :nothing:"), "hi 👋 `:wave:` 10:30:00 :nothing:");
});

const message = (id, author, at, more = {}) => ({ id, type: 0, flags: 0, author: { id: author, username: author }, timestamp: at, ...more });

test("an author's messages stand together, until time, a day, an answer or something new parts them", () => {
  const { dayKey } = moments("en-GB", "UTC");
  const list = [
    message("1", "a", "2026-11-20T23:50:00Z"), message("2", "a", "2026-11-20T23:51:00Z"), message("3", "b", "2026-11-20T23:52:00Z"),
    message("4", "b", "2026-11-21T00:00:00Z"), message("5", "b", "2026-11-21T00:20:00Z"), message("6", "b", "2026-11-21T00:21:00Z", { message_reference: {} }), message("7", "b", "2026-11-21T00:22:00Z"),
  ];
  const placed = arrange(list, dayKey, "6", compareIds);
  assert.deepEqual(placed.map((one) => one.follows), [false, true, false, false, false, false, false]);
  assert.deepEqual(placed.map((one) => one.opensDay), [true, false, false, true, false, false, false]);
  assert.deepEqual(placed.map((one) => one.isNew), [false, false, false, false, false, false, true]);
});

test("ids are ordered as numbers, however long", () => {
  assert.ok(compareIds("9", "10") < 0);
  assert.ok(compareIds("1573407580523335680", "1573407580523335681") < 0);
  assert.equal(compareIds("7", "7"), 0);
});

test("moments are in the viewer's zone, exact on hover, and relative where asked", () => {
  const when = moments("en-GB", "Asia/Tokyo");
  const now = new Date("2026-11-20T16:00:00Z");
  assert.equal(when.stamp(new Date("2026-11-20T15:30:00Z"), now), "Today at 00:30");
  assert.equal(when.stamp(new Date("2026-11-20T14:30:00Z"), now), "Yesterday at 23:30");
  assert.match(when.exact(new Date("2026-11-20T15:30:05Z")), /21 November 2026.*00:30:05/);
  assert.equal(when.styled(new Date("2026-11-20T18:00:00Z"), "R", now), "in 2 hours");
});
