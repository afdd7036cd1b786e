// A server's sections over a live demo: a statement that adds up, a rule that is tried, watches and is seen in the
// shadow, a persona from signing in to its first answer, a fact that is forgotten; by keyboard, and on a narrow screen.

import assert from "node:assert/strict";
import test from "node:test";
import { Browser, command, Demo, inspect, say, shoot, signedIn } from "./stage.mjs";

const SHOWN = { timeout: 20_000 };

/** A number as a page writes it. */
const number = (text) => Number(text.replaceAll(",", "").replace("−", "-").replace("+", ""));

test("a server's sections are used from end to end", { timeout: 300_000 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  const page = await signedIn(demo, browser);
  const place = page.url();
  const chat = await browser.page(`${demo.url}chat/`);
  const fine = async (name) => {
    assert.deepEqual((await inspect(page)).violations, [], name);
    await shoot(page, `halls-${name}-1440-light`, { fullPage: true });
  };

  await t.test("five presses lead from signing in to a persona that answers", async () => {
    // Signing in and the server were two.
    await page.getByRole("link", { name: "Personas", exact: false }).first().click();
    await page.getByRole("heading", { name: "Start from a character" }).waitFor(SHOWN);
    await page.locator('a.tile[href*="captain"]').click();
    await page.getByRole("button", { name: "Put it live" }).waitFor(SHOWN);
    await fine("wizard");
    await page.getByRole("button", { name: "Put it live" }).click();
    await page.getByText(/Version \d+ answers from now on/).waitFor(SHOWN);
    await fine("personas");
    await command(chat, "chat", "who are you?");
    // The bot is called as the captain is, and answers as the captain.
    await chat.getByTestId("message").filter({ hasText: /captain/i }).last().waitFor(SHOWN);
  });

  await t.test("a rule is tried before it is saved, watches, and shows whom it would have hit", async () => {
    await page.goto(`${place}/moderation/rules`);
    await page.locator('a.tile[href*="kind=words"]').click();
    await page.getByLabel("Name", { exact: true }).fill("No pineapples");
    await page.getByLabel("Words", { exact: true }).fill("pineapple*");
    // The owner, who writes below, keeps order too.
    await page.getByLabel("It holds for moderators too").check();
    await page.getByLabel("Message", { exact: true }).fill("who likes PINEAPPLES?");
    await page.getByRole("button", { name: "Try it" }).click();
    await page.locator("mark", { hasText: "PINEAPPLES" }).waitFor(SHOWN);
    await fine("rule-tried");
    await say(chat, "a pineapple of the past");
    const past = page.locator("[data-past]").getByText("it would have hit 1 by 1 person");
    while ((await past.count()) === 0) {
      await page.getByRole("button", { name: "Look back" }).click();
      await page.locator("[data-past]").waitFor(SHOWN);
    }
    await page.getByText("a pineapple of the past").waitFor(SHOWN);
    await fine("rule-past");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: "No pineapples" }).waitFor(SHOWN);
    await say(chat, "a pineapple for everybody");
    const seen = page.getByText("would have acted 1 time", { exact: false });
    while ((await seen.count()) === 0) await page.reload();
    await fine("rule-shadow");
  });

  await t.test("a member is found by the beginning of a name", async () => {
    const name = (await page.locator(".account summary, .account").first().innerText()).trim().split("\n").at(-1);
    await page.keyboard.press("/");
    await page.keyboard.type(name.slice(0, 3).toLowerCase());
    await page.getByRole("option", { name, exact: true }).waitFor(SHOWN);
    await fine("search");
    await page.getByRole("option", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor(SHOWN);
    await page.goto(`${place}/moderation`);
    await page.getByLabel("Member", { exact: true }).fill(name);
    await page.keyboard.press("Enter");
    await page.getByText("Only about").waitFor(SHOWN);
  });

  await t.test("a statement explains every coin and adds up", async () => {
    await command(chat, "daily");
    await page.goto(`${place}/economy`);
    while ((await page.getByRole("link", { name: "Statement" }).count()) === 0) await page.reload();
    await page.getByRole("heading", { name: "Where coins came in and went out" }).waitFor(SHOWN);
    await fine("economy");
    await page.getByRole("link", { name: "Statement" }).first().click();
    await page.locator("[data-statement-sum]").waitFor(SHOWN);
    const rows = await page.locator("#statement-table tbody tr").evaluateAll((all) =>
      all.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent.trim())),
    );
    const balances = rows.map((row) => number(row.at(-1)));
    const changes = rows.slice(0, -1).map((row) => number(row.at(-2)));
    changes.forEach((change, at) => assert.equal(balances[at + 1] + change, balances[at], `row ${at}`));
    const strong = await page.locator("[data-statement-sum] strong").allTextContents();
    const [before, came, went] = strong.slice(0, 3).map(number);
    assert.equal(before + came + went, balances[0]);
    await fine("statement");
  });

  await t.test("a fact is looked at and forgotten, by keyboard", async () => {
    await command(chat, "chat", "remember that my cat is called Miso");
    await page.goto(`${place}/memory`);
    const fact = page.getByRole("link", { name: /Miso/ });
    while ((await fact.count()) === 0) await page.reload();
    await fine("memory");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Have it forgotten" }).waitFor(SHOWN);
    await fine("fact");
    await page.getByRole("button", { name: "Forget it" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("1 memory was forgotten.").waitFor(SHOWN);
    assert.equal(await page.getByRole("link", { name: /Miso/ }).count(), 0);
  });

  await t.test("every section fits a narrow screen", async () => {
    const narrow = await signedIn(demo, browser, { width: 390, height: 844 });
    for (const section of ["economy", "economy/transfers", "moderation", "moderation/review", "moderation/rules", "memory", "personas"]) {
      await narrow.goto(`${place}/${section}`);
      const { wide, violations } = await inspect(narrow);
      assert.ok(wide <= 0, `${section}: ${wide} px too wide`);
      assert.deepEqual(violations, [], section);
    }
  });
  assert.deepEqual(browser.wrongs, []);
});
