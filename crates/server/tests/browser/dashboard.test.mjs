// The dashboard over a live server: signing in from the start page, an overview that follows the chat, a decision's
// receipt, taking a case back, changing a setting and bringing it back; with the keyboard, on a narrow screen, and
// without any script.

import assert from "node:assert/strict";
import test from "node:test";
import { Browser, Demo, inspect, say, shoot, signedIn } from "./stage.mjs";

const SHOWN = { timeout: 20_000 };
const SCAM = "free nitro for everyone who reads this";

test("the dashboard shows what happens, why, and takes it back", { timeout: 300_000 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  const page = await signedIn(demo, browser);
  const place = page.url();
  const chat = await browser.page(`${demo.url}chat/`);

  await t.test("the overview follows what happens, and is not loaded anew for it", async () => {
    await page.evaluate(() => {
      globalThis.isSamePage = true;
    });
    await say(chat, SCAM);
    await page.getByRole("link", { name: /^Removed a message of/ }).first().waitFor(SHOWN);
    await page.getByText("case 1", { exact: true }).waitFor(SHOWN);
    assert.equal(await page.evaluate(() => globalThis.isSamePage), true);
    await shoot(page, "dashboard-overview-1440-light", { fullPage: true });
  });

  await t.test("a receipt is one press away, and says everything", async () => {
    await page.getByRole("link", { name: /^Removed a message of/ }).first().click();
    await page.getByRole("heading", { level: 1, name: "Receipt" }).waitFor(SHOWN);
    for (const said of ["No scams", SCAM, "100 %", "Message removed", "revision 2"]) {
      await page.getByText(said, { exact: false }).first().waitFor(SHOWN);
    }
    // What was owed to Discord is done within moments, and the page says so by itself.
    await page.locator(".receipt").getByText("on its way").first().waitFor({ state: "detached", ...SHOWN });
    await shoot(page, "dashboard-receipt-1440-light", { fullPage: true });
    const receipt = page.url();
    await page.getByRole("link", { name: "By the rules of today" }).click();
    await page.locator("[data-again]").getByText("the same rule hits").waitFor(SHOWN);
    await shoot(page, "dashboard-again-1440-light", { fullPage: true });
    await page.goto(receipt);
  });

  await t.test("the card in the chat leads to the same receipt", async () => {
    await chat.getByRole("button", { name: /staff-only/ }).click();
    const link = chat.getByRole("link", { name: "Open the receipt" }).last();
    await link.waitFor(SHOWN);
    assert.equal(new URL(await link.getAttribute("href")).pathname, new URL(page.url()).pathname);
    await shoot(chat, "dashboard-card-1440-light");
    await chat.getByRole("button", { name: /general/ }).first().click();
  });

  await t.test("the case is looked at, taken back, and the message stands in the chat again", async () => {
    await page.getByRole("link", { name: "Undo" }).click();
    await page.getByRole("heading", { level: 1, name: "Take case 1 back?" }).waitFor(SHOWN);
    await page.getByText("is posted again in").waitFor(SHOWN);
    assert.deepEqual((await inspect(page)).violations, []);
    await page.getByLabel("Why it is taken back").fill("a test of ours");
    await page.getByRole("button", { name: "Take it back" }).click();
    await page.getByRole("status").getByText("Case 1 was taken back.").waitFor(SHOWN);
    assert.ok(!page.url().includes("did="), "what was done is said once");
    await chat.getByTestId("message").filter({ hasText: SCAM }).last().waitFor(SHOWN);
  });

  await t.test("a setting is looked at, saved, and brought back", async () => {
    await page.goto(`${place}/settings/economy`);
    const amount = page.getByLabel("Daily reward", { exact: true });
    await amount.fill("150");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("heading", { name: "What saving would change" }).waitFor(SHOWN);
    assert.equal(await amount.inputValue(), "150");
    await page.getByRole("button", { name: "Save" }).click();
    const toast = page.locator(".toast");
    await toast.getByText("Saved as revision 3.").waitFor(SHOWN);
    await toast.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("status").getByText("It is in force as revision 4.").waitFor(SHOWN);
    await page.goto(`${place}/settings/economy`);
    assert.equal(await amount.inputValue(), "100");
    // And by the history: what was saved comes back into force.
    await page.goto(`${place}/settings/history`);
    await page.getByRole("link", { name: /^Revision 3 by/ }).click();
    await page.getByText("What restoring it would change today").waitFor(SHOWN);
    await page.getByRole("button", { name: "Restore it" }).click();
    await page.getByRole("status").getByText("It is in force as revision 5.").waitFor(SHOWN);
    await page.goto(`${place}/settings/economy`);
    assert.equal(await amount.inputValue(), "150");
  });

  await t.test("with the keyboard alone", async () => {
    await page.goto(place);
    await page.locator("body").press("g");
    await page.keyboard.press("w");
    await page.waitForURL("**/why");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/why\/\d+$/);
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.waitForURL("**/access");
    await page.keyboard.press("/");
    await page.keyboard.type("nitro");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/why?text=nitro*");
    await page.getByRole("link", { name: /^Removed a message of/ }).first().waitFor(SHOWN);
  });

  await t.test("no page breaks a rule of axe, or is wider than its screen", async () => {
    const receipt = await page.getByRole("link", { name: /^Removed a message of/ }).first().getAttribute("href");
    const paths = ["", "?range=month", "/why", "/why?case=1", "/settings/persona", "/settings/document", "/settings/history", "/settings/history/3?against=1", "/access"];
    const all = [...paths.map((path) => place + path), new URL(receipt, place).href];
    for (const [width, scheme] of [[1440, "dark"], [390, "light"], [320, "dark"]]) {
      const other = await signedIn(demo, browser, { width, scheme });
      for (const url of all) {
        await other.goto(url);
        const { wide, violations } = await inspect(other);
        assert.deepEqual(violations, [], `${url} at ${width}`);
        assert.ok(wide <= 0, `${url} at ${width}: ${wide} px too wide`);
      }
      await other.context().close();
    }
  });

  await t.test("on a narrow screen the sections are behind a button", async () => {
    const phone = await signedIn(demo, browser, { width: 390, height: 800 });
    await phone.getByRole("button", { name: "Sections" }).click();
    await phone.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Why" }).click();
    await phone.getByRole("heading", { level: 1, name: "Why did that happen?" }).waitFor(SHOWN);
    await shoot(phone, "dashboard-why-390-light", { fullPage: true });
    await phone.context().close();
  });

  await t.test("a member sees what concerns themselves, and nothing else", async () => {
    const page = await browser.page(demo.url, { width: 390 });
    await page.getByRole("link", { name: "Sign in as somebody else" }).click();
    await page.getByRole("button", { name: /Member$/ }).first().click();
    await page.waitForURL("**/dashboard");
    await page.locator(".servers a").first().click();
    await page.getByText("Your purse").waitFor(SHOWN);
    await page.getByRole("heading", { name: "Nothing was decided about you" }).waitFor(SHOWN);
    const { wide, violations } = await inspect(page);
    assert.deepEqual([wide <= 0, violations], [true, []]);
    await page.getByRole("button", { name: "Sections" }).click();
    const sections = page.getByRole("navigation", { name: "Sections" }).locator("[data-place]");
    const names = await sections.evaluateAll((all) => all.map((one) => one.dataset.place));
    assert.ok(names.includes("Why") && !names.includes("Settings") && !names.includes("Access"), names.join(", "));
    await page.context().close();
  });

  await t.test("the operator finds the whole installation, from the switcher on", async () => {
    await page.goto(place);
    await page.locator(".switcher summary").click();
    await page.getByRole("link", { name: "Operator's console" }).click();
    await page.getByRole("heading", { level: 1, name: "This installation" }).waitFor(SHOWN);
    const sections = page.getByRole("navigation", { name: "Sections" });
    for (const [section, said] of [
      ["Servers", "longest wait"],
      ["Bots", "Shard 0"],
      ["Jobs", "Everything got out"],
      ["Providers", "The built-in model answers"],
      ["Storage", "libSQL, inside the process"],
      ["Versions", "the demo, on a simulated Discord"],
    ]) {
      await sections.getByRole("link", { name: section }).click();
      await page.getByText(said, { exact: false }).first().waitFor(SHOWN);
      const { wide, violations } = await inspect(page);
      assert.deepEqual([wide <= 0, violations], [true, []], section);
      await shoot(page, `operator-${section.toLowerCase()}-1440-light`, { fullPage: true });
    }
    // What a server is called finds it from any page of the console.
    await page.locator("body").press("/");
    await page.keyboard.type("zz nobody");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "No server matches" }).waitFor(SHOWN);
  });

  await t.test("without any script", async () => {
    const plain = await signedIn(demo, browser, { scripts: false });
    await plain.locator(".event a").first().waitFor(SHOWN);
    await plain.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Settings" }).click();
    await plain.getByLabel("Daily reward", { exact: true }).fill("120");
    await plain.getByRole("button", { name: "Save" }).click();
    await plain.getByText("Saved as revision 6.").waitFor(SHOWN);
    await plain.context().close();
  });

  await t.test("who signs out is out, and an open page notices", async () => {
    await page.goto(place);
    const other = await browser.tab(page.context(), place);
    await other.locator(".account summary").click();
    await other.getByRole("button", { name: "Sign out" }).click();
    await other.getByRole("heading", { name: "You are signed out" }).waitFor(SHOWN);
    await other.goto(demo.url);
    // The page that stayed open learns of it as soon as something happens, or within a minute.
    await say(chat, "free nitro, once more");
    await page.getByRole("heading", { name: "Sign in" }).waitFor(SHOWN);
  });

  await t.test("nothing went wrong on any page", async () => {
    assert.deepEqual(browser.wrongs.filter((wrong) => !wrong.startsWith("401 for")), []);
  });
});
