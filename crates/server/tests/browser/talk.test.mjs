// The panel "Try this", step by step, as a newcomer goes through it: talk, teach, claim, pay, break a rule, ask why,
// undo, and roll a setting back. Each step ticks itself.

import assert from "node:assert/strict";
import test from "node:test";
import { Browser, Demo, shoot } from "./stage.mjs";

const SHOWN = { timeout: 15_000 };

const step = (page, id) => page.getByTestId(`step-${id}`);

async function ticked(page, id) {
  await page.locator(`[data-testid="step-${id}"][data-done="yes"]`).waitFor(SHOWN);
}

/** Has the panel write the message, and sends it. */
async function written(page, id) {
  await step(page, id).getByRole("button").click();
  await page.getByTestId("composer").press("Enter");
}

/** Has the panel begin the command; each value goes into the option that has the focus. */
async function begun(page, id, ...values) {
  await step(page, id).getByRole("button").click();
  await page.getByTestId("command").waitFor(SHOWN);
  for (const value of values) {
    await page.keyboard.type(value);
    await page.keyboard.press("Tab");
  }
  await page.getByTestId("command-send").click();
  await page.getByTestId("command").waitFor({ state: "hidden", ...SHOWN });
}

async function says(page, text) {
  await page.getByTestId("message").filter({ hasText: text }).last().waitFor(SHOWN);
}

test("the eight steps of Try this", { timeout: 180_000 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  const page = await browser.page(`${demo.url}chat/`);
  await page.getByRole("button", { name: "Off" }).or(page.getByRole("radio", { name: "Off" })).first().click();

  await t.test("the bot answers who mentions it", async () => {
    await written(page, "talk");
    await ticked(page, "talk");
  });

  await t.test("what it is told it knows", async () => {
    await written(page, "teach");
    await ticked(page, "teach");
    const composer = page.getByTestId("composer");
    await composer.click();
    await composer.pressSequentially("/chat");
    await page.getByRole("option", { name: /^\/?chat/ }).first().waitFor(SHOWN);
    await page.keyboard.press("Enter");
    await page.getByTestId("command").waitFor(SHOWN);
    await page.keyboard.type("what is my cat called?");
    await page.getByTestId("command-send").click();
    await page.getByTestId("message").filter({ hasText: /Miso/ }).nth(2).waitFor(SHOWN);
    await shoot(page, "talk-1440-light");
  });

  await t.test("coins are claimed and paid", async () => {
    await begun(page, "daily");
    await ticked(page, "daily");
    await begun(page, "pay", "Mika Sol", "30");
    await ticked(page, "pay");
  });

  await t.test("a broken rule takes the message away, and /why says which", async () => {
    await written(page, "break");
    await ticked(page, "break");
    await begun(page, "why");
    await says(page, "No scams");
    await ticked(page, "why");
    await shoot(page, "why-1440-light");
  });

  await t.test("the owner takes the case back, and a setting", async () => {
    await page.locator('[data-testid^="act-as-"]').filter({ hasText: "Owner" }).first().click();
    await begun(page, "undo", "1");
    await ticked(page, "undo");
    await says(page, "tro for everyone");
    await begun(page, "roll-back");
    await page.getByRole("button", { name: "Turn Memory off" }).last().click();
    await page.getByRole("button", { name: "Undo this change" }).last().click(SHOWN);
    await ticked(page, "roll-back");
    await shoot(page, "steps-done-1440-light");
  });

  await t.test("nothing went wrong on the page", async () => {
    assert.deepEqual(browser.wrongs, []);
  });
});
