// How the dashboard's pages look, out of samples: in both themes, wide and narrow, full, empty, and with markup for
// names. No rule of axe is broken, nothing is wider than the screen, nothing moves while it loads.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { Browser, COLOURS, Demo, inspect, shoot } from "./stage.mjs";

const PAGES = [
  "overview",
  "mine",
  "why",
  "receipt",
  "undo",
  "settings",
  "preview",
  "persona",
  "document",
  "history",
  "revision",
  "access",
  "new-token",
  "made-token",
  "token",
  "economy",
  "transfers",
  "transfer",
  "statement",
  "cases",
  "case",
  "review",
  "rules",
  "rule",
  "try",
  "memory",
  "fact",
  "member",
  "personas",
  "wizard",
  "version",
  "installation",
  "servers",
  "bots",
  "jobs",
  "letter",
  "providers",
  "storage",
  "program",
  "yours",
  "sessions",
  "trouble",
];
const STATES = ["full", "empty", "hostile"];
const SIZES = [1440, 390, 320];
const SCHEMES = ["light", "dark"];
const SHIFT_MAX = 0.05;

const PATHS = ["dev/components", ...PAGES.flatMap((page) => STATES.map((state) => `dev/pages/${page}/${state}`))];

/** Before anything of the page runs: notes what moves, and whether anything foreign runs. */
function watch() {
  globalThis.shifted = 0;
  globalThis.alert = () => {
    globalThis.fired = true;
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}

/** Walks through every page at one size and in one theme. */
function look(t, demo, browser, width, scheme) {
  return t.test(`${width} px, ${scheme}`, async () => {
    const page = await browser.page(`${demo.url}dev/components`, { width, scheme });
    await page.addInitScript(watch);
    for (const path of PATHS) {
      await page.goto(`${demo.url}${path}`);
      const { wide, violations, shift, fired } = await inspect(page, scheme === "dark" ? COLOURS : undefined);
      assert.equal(fired, false, `${path}: a script of a member ran`);
      assert.ok(wide <= 0, `${path}: ${wide} px too wide`);
      assert.deepEqual(violations, [], path);
      assert.ok(shift <= SHIFT_MAX, `${path}: moved by ${shift}`);
      if (width !== 320) await shoot(page, `${path.replaceAll("/", "-")}-${width}-${scheme}`, { fullPage: true });
    }
    await page.context().close();
  });
}

test("every page looks right in every state", { timeout: 600_000, concurrency: 2 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  const looked = SIZES.flatMap((width) => SCHEMES.map((scheme) => look(t, demo, browser, width, scheme)));
  await Promise.all(looked);
  await t.test("the keys go where they say, and type nothing", async () => {
    const page = await browser.page(`${demo.url}dev/pages/why/full`);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Answered Ingrid Sol/);
    await page.keyboard.press("k");
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Removed a message of Mallory/);
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    assert.equal(await page.inputValue("#search"), "");
    await page.keyboard.type("sett");
    await page.getByRole("listbox", { name: "Found" }).getByRole("option", { name: "Settings", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
  });
  await t.test("a form says what is wrong, lists what changed, and is not left by mistake", async () => {
    const page = await browser.page(`${demo.url}dev/pages/settings/empty`);
    const save = page.getByRole("button", { name: "Save" });
    assert.equal(await save.isDisabled(), true);
    const amount = page.getByLabel("Daily reward", { exact: true });
    await amount.fill("-5");
    await page.keyboard.press("Tab");
    await page.getByText("Write 0 or more.").waitFor();
    await amount.fill("150");
    await page.getByText("Not saved yet: Daily reward").waitFor();
    assert.equal(await save.isDisabled(), false);
    await page.getByRole("button", { name: "Discard" }).click();
    assert.equal(await amount.inputValue(), "100");
    await page.getByText("No changes.").waitFor();
  });
  await t.test("a chart tells its numbers, and gives them as CSV", async () => {
    const page = await browser.page(`${demo.url}dev/components`);
    await page.locator("#lines .plot").hover();
    await page.locator("#lines .tooltip").getByText("issued").waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#lines [data-csv]").click()]);
    assert.equal(file.suggestedFilename(), "lines.csv");
    const text = await readFile(await file.path(), "utf8");
    assert.match(text, /^Day,issued,taken\r\n1 Nov,\d+,\d+\r\n/);
  });
  assert.deepEqual(browser.wrongs, []);
});
