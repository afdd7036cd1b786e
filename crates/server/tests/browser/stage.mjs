// Starts and stops the demo, and opens pages on it; every wait is for something that is seen, never for time.

import { spawn } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The demo in a process of its own, on free ports and a folder of its own. */
export class Demo {
  static async begin() {
    const demo = new Demo();
    demo.folder = await mkdtemp(join(process.env.GUILDHALL_WORK, "demo-"));
    await demo.start();
    return demo;
  }

  async start() {
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME, GUILDHALL_DATA_DIR: this.folder };
    this.process = spawn(process.env.GUILDHALL_BIN, ["demo", "--port", "0", "--members", "12"], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.log = "";
    this.url = await new Promise((resolve, reject) => {
      const read = (chunk) => {
        this.log += chunk;
        const said = this.log.match(/Open (http:\S+)/);
        if (said) resolve(said[1]);
      };
      this.process.stdout.on("data", read);
      this.process.stderr.on("data", read);
      this.process.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${this.log}`)));
    });
  }

  /** Ends it by a signal; gives its exit code, or the signal that it died of. */
  async stop(signal = "SIGTERM") {
    const ended = new Promise((resolve) => this.process.once("exit", (code, died) => resolve(code ?? died)));
    this.process.kill(signal);
    return ended;
  }

  async addresses() {
    return JSON.parse(await readFile(join(this.folder, "demo", "run.json"), "utf8"));
  }
}

/** A browser that notes whatever went wrong on its pages. */
export class Browser {
  static async open() {
    const browser = new Browser();
    browser.inner = await chromium.launch({ executablePath: process.env.GUILDHALL_CHROMIUM, args: FLAGS });
    browser.wrongs = [];
    return browser;
  }

  async page(url, { width = 1440, height = 900, scheme = "light", scripts = true } = {}) {
    const viewport = { width, height };
    const context = await this.inner.newContext({ viewport, colorScheme: scheme, javaScriptEnabled: scripts });
    return this.tab(context, url);
  }

  /** Another page of the same person. */
  async tab(context, url) {
    const page = await context.newPage();
    const own = new URL(url).host;
    page.on("pageerror", (error) => this.wrongs.push(`script error: ${error.message}`));
    page.on("request", (request) => {
      const asked = new URL(request.url());
      if (asked.protocol.startsWith("http") && asked.host !== own) this.wrongs.push(`asked ${asked.host}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.wrongs.push(`${response.status()} for ${response.url()}`);
    });
    await page.goto(url);
    return page;
  }

  async close() {
    await this.inner.close();
  }
}

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** What a theme can break that another keeps. */
export const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** What is seen of a page: how much moved, how many pixels it is too wide, and what axe finds by these rules. */
export async function inspect(page, wanted = RULES) {
  // The policy forbids scripts of the page's own; the browser's tools are not bound by it.
  await page.evaluate(AXE);
  return page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: rules });
    const root = document.documentElement;
    return {
      wide: root.scrollWidth - root.clientWidth,
      violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`),
      shift: globalThis.shifted ?? 0,
      fired: globalThis.fired ?? false,
    };
  }, wanted);
}

/** Leaves a picture of the page, where a folder for them was named. */
export async function shoot(page, name, { fullPage = false } = {}) {
  if (process.env.GUILDHALL_SHOTS) await page.screenshot({ path: join(process.env.GUILDHALL_SHOTS, `${name}.png`), fullPage });
}

/** Signs in as the server's owner, from the start page; gives the overview. */
export async function signedIn(demo, browser, options) {
  const page = await browser.page(demo.url, options);
  await page.getByRole("link", { name: "Open the dashboard" }).click();
  await page.waitForURL("**/dashboard");
  // The bot may still be on its way into the server.
  while ((await page.locator(".servers a").count()) === 0) await page.reload();
  await page.locator(".servers a").first().click();
  await page.waitForURL("**/dashboard/guilds/*");
  return page;
}

/** Writes something in the chat, as the owner. */
export async function say(chat, text) {
  const composer = chat.getByTestId("composer");
  await composer.click();
  await composer.pressSequentially(text);
  await composer.press("Enter");
}

const SHOWN = { timeout: 20_000 };

/** Types a slash command by keyboard alone; each value goes into the option that has the focus. */
export async function command(page, name, ...values) {
  const composer = page.getByTestId("composer");
  await composer.click();
  await composer.pressSequentially(`/${name}`);
  await page.getByRole("option", { name: new RegExp(`^/?${name}`) }).first().waitFor(SHOWN);
  await page.keyboard.press("Enter");
  await page.getByTestId("command").waitFor(SHOWN);
  for (const value of values) {
    await page.keyboard.type(value);
    await page.keyboard.press("Tab");
  }
  await page.getByTestId("command-send").click();
  await page.getByTestId("command").waitFor({ state: "hidden", ...SHOWN });
}
