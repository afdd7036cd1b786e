// What the guide shows is there: each of its pictures is a page of the demo that is reached as the guide says. With
// GUILDHALL_GUIDE_IMAGES=FOLDER the pictures are taken anew into that folder, for docs/guide/images.

import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { Browser, command, Demo, say, signedIn } from "./stage.mjs";

const SHOWN = { timeout: 20_000 };
const GUIDE = fileURLToPath(new URL("../../../../docs/guide/", import.meta.url));
const WIDTH = 1100;
const HEIGHT = 720;
const BYTES_MAX = 150_000;

const written = process.env.GUILDHALL_GUIDE_IMAGES;
const seen = new Set();

/** Notes that the picture's page is there, and takes the picture where pictures are wanted. */
async function picture(page, name) {
  seen.add(`${name}.png`);
  if (!written) return;
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(written, `${name}.png`), animations: "disabled" });
}

/** The pictures that the guide's pages show. */
async function shown() {
  const names = (await readdir(GUIDE)).filter((name) => name.endsWith(".md"));
  const texts = await Promise.all(names.map((name) => readFile(join(GUIDE, name), "utf8")));
  return new Set(texts.flatMap((text) => [...text.matchAll(/\]\(images\/([^)]+)\)/g)].map((found) => found[1])));
}

test("the guide shows pages that are there", { timeout: 300_000 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  const size = { width: WIDTH, height: HEIGHT };
  const page = await signedIn(demo, browser, size);
  const place = page.url();
  await page.getByRole("button", { name: "Not now" }).click();
  const chat = await browser.page(`${demo.url}chat/`, size);
  await chat.getByRole("button", { name: "Off" }).or(chat.getByRole("radio", { name: "Off" })).first().click();

  await t.test("three choices in Discord", async () => {
    await command(chat, "setup");
    await chat.getByTestId("message").filter({ hasText: "Three choices, each saved at once." }).last().waitFor(SHOWN);
    await picture(chat, "setup");
  });

  await t.test("the overview, with something to be looked at", async () => {
    await say(chat, "free nitro for everyone who reads this");
    await command(chat, "daily");
    await command(chat, "chat", "remember that my cat is called Miso");
    await page.getByRole("link", { name: /^Removed a message of/ }).first().waitFor(SHOWN);
    await page.goto(place);
    await page.getByRole("link", { name: /^Removed a message of/ }).first().waitFor(SHOWN);
    await picture(page, "overview");
  });

  await t.test("who answers", async () => {
    await page.goto(`${place}/personas`);
    await page.getByRole("heading", { name: "Start from a character" }).waitFor(SHOWN);
    await picture(page, "personas");
  });

  await t.test("what is remembered", async () => {
    await page.goto(`${place}/memory`);
    while ((await page.getByRole("link", { name: /Miso/ }).count()) === 0) await page.reload();
    await picture(page, "memory");
  });

  await t.test("a rule that is tried before it is saved", async () => {
    await page.goto(`${place}/moderation/rules`);
    await page.locator('a.tile[href*="kind=words"]').click();
    await page.getByLabel("Name", { exact: true }).fill("No pineapples");
    await page.getByLabel("Words", { exact: true }).fill("pineapple*");
    await page.getByLabel("Message", { exact: true }).fill("who likes P1NEAPPLES?");
    await page.getByRole("button", { name: "Try it" }).click();
    const found = page.locator("mark", { hasText: "P1NEAPPLES" });
    await found.waitFor(SHOWN);
    await found.scrollIntoViewIfNeeded();
    await picture(page, "rule");
  });

  await t.test("a receipt, and taking its case back", async () => {
    await page.goto(`${place}/why`);
    await page.getByRole("link", { name: /^Removed a message of/ }).first().click();
    await page.getByRole("heading", { level: 1, name: "Receipt" }).waitFor(SHOWN);
    await page.locator(".receipt").getByText("on its way").first().waitFor({ state: "detached", ...SHOWN });
    await picture(page, "receipt");
    await page.getByRole("link", { name: "Undo" }).click();
    await page.getByRole("heading", { level: 1, name: "Take case 1 back?" }).waitFor(SHOWN);
    await picture(page, "undo");
  });

  await t.test("where the coins are", async () => {
    await page.goto(`${place}/economy`);
    while ((await page.getByRole("link", { name: "Statement" }).count()) === 0) await page.reload();
    await picture(page, "economy");
  });

  await t.test("every revision", async () => {
    await page.goto(`${place}/settings/economy`);
    await page.getByLabel("Daily reward", { exact: true }).fill("150");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".toast").getByText(/Saved as revision \d+/).waitFor(SHOWN);
    await page.goto(`${place}/settings/history`);
    await page.getByRole("link", { name: /^Revision 3 by/ }).waitFor(SHOWN);
    await picture(page, "history");
  });

  await t.test("who may look in", async () => {
    await page.goto(`${place}/access`);
    await page.getByRole("heading", { level: 1 }).waitFor(SHOWN);
    await picture(page, "access");
  });

  await t.test("the guide shows these, each small, and no other", async () => {
    assert.deepEqual([...seen].sort(), [...(await shown())].sort());
    for (const name of seen) {
      const file = join(written ?? join(GUIDE, "images"), name);
      const { size: bytes } = await stat(file);
      assert.ok(bytes > 5_000 && bytes <= BYTES_MAX, `${name} has ${bytes} bytes`);
      const width = (await readFile(file)).readUInt32BE(16);
      assert.ok(width <= 1200, `${name} is ${width} px wide`);
    }
  });
  assert.deepEqual(browser.wrongs, []);
});
