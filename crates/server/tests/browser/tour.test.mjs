// The tour: offered at somebody's first visit, walked through by keyboard and by touch, ended at any moment, never in the
// way of what lies under it, not offered again wherever they sign in, and there to be asked for.

import assert from "node:assert/strict";
import test from "node:test";
import { Browser, Demo, inspect, shoot, signedIn } from "./stage.mjs";

const SHOWN = { timeout: 20_000 };

/** Whether two boxes share a spot. */
function overlap(one, other) {
  const apart = one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y;
  return !apart;
}

test("somebody is shown around once", { timeout: 300_000 }, async (t) => {
  const demo = await Demo.begin();
  const browser = await Browser.open();
  t.after(async () => {
    await browser.close();
    await demo.stop("SIGKILL");
  });
  const page = await signedIn(demo, browser);
  const card = page.getByRole("dialog", { name: "Tour" });
  const offer = page.getByRole("region", { name: "A tour" });

  await t.test("it does not disturb where no script runs", async () => {
    const plain = await signedIn(demo, browser, { scripts: false });
    assert.equal(await plain.getByText("New here?").isVisible(), false);
    assert.equal(await plain.locator("#tour").isVisible(), false);
    await plain.context().close();
  });

  await t.test("the offer covers nothing and is as the rules want it, on every width", async () => {
    for (const width of [1440, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await offer.waitFor(SHOWN);
      const { wide, violations } = await inspect(page);
      assert.deepEqual([wide <= 0, violations], [true, []], `${width}`);
      const [its, heads] = [await offer.boundingBox(), await page.locator("main").boundingBox()];
      assert.equal(overlap(its, heads), false);
      await shoot(page, `tour-offer-${width}-light`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await t.test("by keyboard: on, back, and to its end", async () => {
    await page.getByRole("button", { name: "Show me" }).press("Enter");
    await card.waitFor(SHOWN);
    assert.equal(await offer.count(), 0);
    await card.getByText("1 of 5").waitFor(SHOWN);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await card.getByText("3 of 5").waitFor(SHOWN);
    await page.keyboard.press("ArrowLeft");
    await card.getByText("2 of 5").waitFor(SHOWN);
    for (const [title, place] of [
      ["Why something happened", "[data-place=Why]"],
      ["How to undo it", "[data-place=Moderation]"],
      ["Search for anything", ".search-field"],
      ["Keys, theme, and this tour", ".account > summary"],
    ]) {
      await card.getByRole("heading", { name: title }).waitFor(SHOWN);
      assert.equal(await page.locator(place).evaluate((one) => one.classList.contains("toured")), true, title);
      const [its, that] = [await card.boundingBox(), await page.locator(place).boundingBox()];
      assert.equal(overlap(its, that), false, title);
      const { wide, violations } = await inspect(page);
      assert.deepEqual([wide <= 0, violations], [true, []], title);
      await shoot(page, `tour-${title.split(" ")[0].toLowerCase()}-1440-light`);
      await page.keyboard.press("ArrowRight");
    }
    await card.waitFor({ state: "hidden", ...SHOWN });
    assert.equal(await page.locator(".toured").count(), 0);
  });

  await t.test("it is not offered again, in this browser or another, and can be asked for", async () => {
    const other = await signedIn(demo, browser);
    assert.equal(await other.getByText("New here?").count(), 0);
    await other.locator(".account summary").click();
    await other.getByRole("button", { name: "Take the tour" }).click();
    await other.getByRole("dialog", { name: "Tour" }).getByText("1 of 5").waitFor(SHOWN);
    // What lies under it can be used: a section is opened with the card still there.
    await other.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Why" }).click();
    await other.getByRole("heading", { level: 1, name: "Why did that happen?" }).waitFor(SHOWN);
    assert.equal(await other.locator("#tour").isVisible(), false);
    await other.context().close();
  });

  await t.test("on a phone by touch: at the foot of the screen, beside what it speaks of, and gone with Escape", async () => {
    for (const [width, scheme] of [
      [390, "light"],
      [320, "dark"],
    ]) {
      const phone = await signedIn(demo, browser, { width, height: 640, scheme });
      await phone.getByRole("button", { name: "Sections" }).click();
      await phone.locator(".account summary").click();
      await phone.getByRole("button", { name: "Take the tour" }).click();
      const card = phone.getByRole("dialog", { name: "Tour" });
      for (let step = 1; step <= 5; step += 1) {
        await card.getByText(`${step} of 5`).waitFor(SHOWN);
        const [its, that] = [await card.boundingBox(), await phone.locator(".toured").boundingBox()];
        assert.equal(overlap(its, that), false, `step ${step} at ${width}`);
        const { wide, violations } = await inspect(phone);
        assert.deepEqual([wide <= 0, violations], [true, []], `step ${step} at ${width}`);
        await shoot(phone, `tour-${step}-${width}-${scheme}`);
        if (step < 5) await card.getByRole("button", { name: "Next" }).click();
      }
      await phone.keyboard.press("Escape");
      await card.waitFor({ state: "hidden", ...SHOWN });
      await phone.context().close();
    }
  });

  await t.test("nothing went wrong on any page", () => assert.deepEqual(browser.wrongs, []));
});
