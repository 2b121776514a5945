import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";
import { launchBrowser, watch } from "./watched_page.ts";

// Slow: minutes close before, during and after a kill, at a speed at which the pages judge each of them.

interface Fired {
  readonly id: string;
  readonly start: number;
  readonly text: string;
}

interface Minute {
  readonly timestamp: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly is_complete: boolean;
}

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchBrowser();
});

Deno.test.afterAll(async () => {
  await browser.close();
});

/** Counts what a page would notify of. */
const COUNT_NOTIFICATIONS = `
  window.notified = [];
  window.Notification = class extends EventTarget {
    static permission = "granted";
    static requestPermission = () => Promise.resolve("granted");
    constructor(title, { body }) {
      super();
      window.notified.push(title + " " + body);
    }
  };`;

async function closeMinutes(it: Scenario, count: number): Promise<void> {
  const endMs = it.exchange.now() + count * 60_000;
  it.time.speed = 40;
  await until("minutes to close", () => it.exchange.now() >= endMs, { timeoutMs: 90_000 });
  it.time.speed = 1;
}

async function minutes(it: Scenario): Promise<readonly Minute[]> {
  const answer = await it.app.request(
    "/api/candles?product=BTC-USD&granularity=ONE_MINUTE&limit=40",
  );
  return JSON.parse(answer?.text ?? "").candles;
}

function fired(page: Page): Promise<readonly Fired[]> {
  return page.evaluate(`JSON.parse(localStorage.getItem("alerts.fired") ?? "[]")`);
}

/** The start of the newest candle that the only alert was judged by; null before the first. */
function judgedUpTo(page: Page): Promise<number | null> {
  return page.evaluate(
    `Object.values(JSON.parse(localStorage.getItem("alerts.progress") ?? "{}"))[0]?.start ?? null`,
  );
}

async function set(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  const form = page.getByRole("form", { name: "Set an alert" });
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value);
  await form.getByRole("button", { name: "Set alert" }).click();
}

Deno.test({
  name:
    "alerts - over two tabs, a kill and a restart each crossing notifies once, and none is missed",
  fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
    await closeMinutes(it, 3);
    const { page, complaints, close } = await watch(browser, `${it.app.url}/alerts`);
    try {
      await page.context().addInitScript(COUNT_NOTIFICATIONS);
      await page.reload();
      // A page that was there before the first alert judges as well.
      const other = await page.context().newPage();
      await other.goto(`${it.app.url}/`);
      await other.locator(".connection[data-state=live]").waitFor();
      const price = (await minutes(it)).at(-1)?.close ?? 0;
      await page.getByLabel("Price").fill("nonsense");
      await page.getByRole("button", { name: "Set alert" }).click();
      await page.getByText("Price: “nonsense” is not a number above 0.").waitFor();
      await page.locator("[name=value]:focus").waitFor();
      await page.getByLabel("Every time").check();
      await set(page, { Product: "BTC-USD", Price: String(price) });
      await page.locator(".alerts-how", { hasText: "every time" }).waitFor();
      await until("the alert to begin", async () => await judgedUpTo(page) !== null);
      const began = await judgedUpTo(page) ?? Infinity;
      await closeMinutes(it, 3);
      const shown = (state: string) =>
        page.locator(`.connection[data-state=${state}]`).waitFor({ timeout: 60_000 });
      await shown("live");
      await it.app.kill();
      await shown("reconnecting");
      await closeMinutes(it, 4);
      await shown("stale");
      it.startApp();
      await it.app.whenReady();
      await shown("live");
      await closeMinutes(it, 3);
      const all = await minutes(it);
      const closed = all.filter(({ is_complete }) => is_complete);
      const last = closed.at(-1)?.timestamp ?? 0;
      // Closed candles are known here; the page may get them a moment later.
      await until("the page to know it too", async () => (await judgedUpTo(page) ?? 0) > last, {
        timeoutMs: 60_000,
      });
      it.time.speed = 0;
      const notified = async () => [
        ...await page.evaluate<string[]>("window.notified"),
        ...await other.evaluate<string[]>("window.notified"),
      ];
      await until(
        "what happened to be notified",
        async () => (await notified()).length === (await fired(page)).length,
      );
      const firings = await fired(page);
      assert.ok(firings.length > 0, "a price that walks crosses where it was");
      for (const { start, text } of firings) {
        const index = all.findIndex(({ timestamp }) => timestamp === start);
        const before = all[index - 1]?.close ?? price;
        const candle = all[index];
        if (candle === undefined || !candle.is_complete) continue;
        assert.ok(
          Math.min(before, candle.low) <= price && price <= Math.max(before, candle.high),
          `${start}: ${text}`,
        );
      }
      for (const [index, { timestamp, close: at }] of closed.entries()) {
        const before = closed[index - 1];
        if (before === undefined || before.timestamp < began) continue;
        if (before.close >= price === at >= price) continue;
        assert.ok(firings.some(({ start }) => start === timestamp), `${timestamp} is missing`);
      }
      assert.equal(new Set(firings.map(({ id }) => id)).size, firings.length);
      assert.deepEqual(
        (await notified()).toSorted(),
        firings.map(({ text }) => `BTC-USD ${text}`).toSorted(),
        "each is notified of by one tab",
      );
      // The tab that judges is closed: the other tab judges from then on.
      await page.close();
      const known = firings.length;
      await until("the other tab to judge", async () => {
        await closeMinutes(it, 1);
        return (await fired(other)).length > known;
      }, { timeoutMs: 90_000 });
      assert.deepEqual(complaints.filter((text) => !/ERR_|Failed to load/.test(text)), []);
    } finally {
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});

Deno.test({
  name:
    "alerts - one without repetition turns itself off, is edited, turned on and deleted by keyboard",
  fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
    await closeMinutes(it, 2);
    const price = (await minutes(it)).at(-1)?.close ?? 0;
    const { page, close } = await watch(
      browser,
      `${it.app.url}/alerts?product=BTC-USD&kind=price&value=${price}`,
    );
    try {
      await page.getByRole("button", { name: "Set alert" }).press("Enter");
      await page.locator(".alerts-how", { hasText: "once" }).waitFor();
      await until("it to fire", async () => {
        await closeMinutes(it, 1);
        return (await fired(page)).length > 0;
      }, { timeoutMs: 90_000 });
      await page.getByText("once · off").waitFor();
      await page.locator(".alerts-toasts li").first().waitFor();
      assert.match(await page.title(), /^● BTC-USD crosses /);
      await page.getByRole("button", { name: "Edit: BTC-USD" }).press("Enter");
      await page.getByLabel("Price").fill("1");
      await page.getByRole("button", { name: "Save" }).press("Enter");
      await page.getByText("crosses 1", { exact: false }).first().waitFor();
      await page.getByRole("button", { name: "Turn off: BTC-USD" }).press("Enter");
      await page.getByRole("button", { name: "Turn on: BTC-USD" }).press("Enter");
      await page.getByRole("button", { name: "Delete: BTC-USD" }).press("Enter");
      await page.getByText("No alerts yet").waitFor();
      // On a chart: at the price that the pointer is at, and by a link that the keyboard reaches.
      await page.goto(`${it.app.url}/products/BTC-USD`);
      await page.locator(".chart-mount[data-drawn]").waitFor();
      const box = await page.locator(".chart-mount").boundingBox();
      assert.ok(box !== null);
      await page.mouse.move(box.x + box.width - 20, box.y + box.height / 4);
      const button = page.locator(".axis-alert");
      const title = await button.getAttribute("title") ?? "";
      await page.mouse.move(box.x + box.width - 14, box.y + box.height / 4);
      await page.mouse.down();
      await page.mouse.up();
      await page.locator(".alerts-toasts", { hasText: "Alert set: BTC-USD crosses" }).waitFor();
      await page.getByRole("link", { name: "Set an alert" }).press("Enter");
      const [, value] = /crosses (.*)$/.exec(title) ?? [];
      await page.locator(".alerts-list", { hasText: `crosses ${value}` }).waitFor();
      assert.match(await page.getByLabel("Price").inputValue(), /^\d+(\.\d+)?$/);
    } finally {
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});
