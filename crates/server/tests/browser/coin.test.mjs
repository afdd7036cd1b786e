// A coin's first day, as a newcomer sees it: claim, pay wrongly, pay rightly, look at the leaderboard, come back after
// a restart, and after the process was killed.

import assert from "node:assert/strict";
import test from "node:test";
import { Browser, command, Demo, shoot } from "./stage.mjs";

const SHOWN = { timeout: 10_000 };

const answers = (page) => page.getByTestId("message");

/** Waits for a message with this text. */
async function says(page, text) {
  await answers(page).filter({ hasText: text }).last().waitFor(SHOWN);
}

async function becomes(page, name) {
  const person = page.getByRole("button", { name: new RegExp(`^${name}`) }).first();
  await person.click();
  await page.getByTestId("messages").waitFor(SHOWN);
}

test("claim, pay, leaderboard, restart and kill", { timeout: 120_000 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  const page = await browser.page(`${demo.url}chat/`);
  // Nobody else moves coins meanwhile.
  await page.getByRole("button", { name: "Off" }).or(page.getByRole("radio", { name: "Off" })).first().click();

  await t.test("a daily is claimed, and the step ticks itself", async () => {
    await command(page, "daily");
    await says(page, "100 🪙 for today");
    await page.locator('[data-testid="step-daily"][data-done="yes"]').waitFor(SHOWN);
  });

  await t.test("a second daily is refused, privately", async () => {
    await command(page, "daily");
    await page.getByText("Only you can see this").last().waitFor(SHOWN);
  });

  await t.test("paying more than one has is refused, privately, and says what one has", async () => {
    await command(page, "pay", "Mika Sol", "500");
    await says(page, "You have 100");
    await shoot(page, "refused-1440-light");
  });

  await t.test("a right payment is public and pings the payee", async () => {
    await command(page, "pay", "Mika Sol", "30");
    await says(page, "30 🪙");
    await page.locator('[data-testid="step-pay"][data-done="yes"]').waitFor(SHOWN);
  });

  await t.test("the leaderboard shows who has what", async () => {
    await command(page, "leaderboard");
    await says(page, "70 🪙");
    await shoot(page, "board-1440-light");
  });

  await t.test("balances outlive a restart, and a kill", async () => {
    assert.equal(await demo.stop("SIGTERM"), 0, demo.log);
    await demo.start();
    const again = await browser.page(`${demo.url}chat/`);
    await command(again, "balance");
    await says(again, "70 🪙");
    await demo.stop("SIGKILL");
    await demo.start();
    const third = await browser.page(`${demo.url}chat/`);
    await becomes(third, "Mika Sol");
    await command(third, "balance");
    await says(third, "30 🪙");
  });
});

test("the pages look right at every size, and ask no other host", { timeout: 120_000 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  for (const [width, height] of [[1440, 900], [390, 844], [320, 640]]) {
    for (const scheme of ["light", "dark"]) {
      await t.test(`${width} wide, ${scheme}`, async () => {
        const start = await browser.page(demo.url, { width, height, scheme });
        await start.getByRole("link", { name: "Open the chat" }).waitFor(SHOWN);
        await shoot(start, `start-${width}-${scheme}`);
        const page = await browser.page(`${demo.url}chat/`, { width, height, scheme });
        await answers(page).first().waitFor(SHOWN);
        await command(page, "daily");
        await page.getByText(/for today|Only you can see this/).last().waitFor(SHOWN);
        await shoot(page, `chat-${width}-${scheme}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `the page is ${wide} pixels wider than the window`);
      });
    }
  }
  assert.deepEqual(browser.wrongs, []);
});
