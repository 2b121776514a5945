import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";
import { launchBrowser } from "./watched_page.ts";

/**
 * Without a window Chromium hides no tab behind another, so this sets what the browser would
 * report.
 */
const HIDING = `
  window.isBehind = false;
  Object.defineProperty(document, "hidden", { get: () => window.isBehind });
`;

/** Puts a tab in front of another one, as a person does. */
async function show(front: Page, behind: Page | undefined): Promise<void> {
  for (const [page, isBehind] of [[behind, true], [front, false]] as const) {
    await page?.evaluate(
      `window.isBehind = ${isBehind}; document.dispatchEvent(new Event("visibilitychange"));`,
    );
  }
}

async function connectionOf(page: Page): Promise<string> {
  return await page.evaluate<string>("document.querySelector('.connection')?.dataset.state ?? ''");
}

/** Start (epoch seconds) and closing price of the candles in a page's table, newest first. */
async function rowsOf(page: Page): Promise<string[]> {
  return await page.locator(".candle-table tbody tr").evaluateAll((rows) =>
    rows.map((row) => {
      const start = Date.parse(row.querySelector("time")?.dateTime ?? "") / 1000;
      return `${start} ${row.querySelectorAll("td")[3]?.textContent?.replaceAll(",", "")}`;
    })
  );
}

/** The same of the newest four closed minutes that the server has. A repair may still change them. */
async function keptRows(it: Scenario): Promise<string[]> {
  const answer = await it.app.request(
    "/api/candles?product=BTC-USD&granularity=ONE_MINUTE&limit=5",
  );
  const { candles } = JSON.parse(answer?.text ?? "");
  return candles.slice(0, -1).map(
    ({ timestamp, close }: { timestamp: number; close: number }) =>
      `${timestamp} ${close.toFixed(2)}`,
  );
}

Deno.test({
  name:
    "tabs - the seventh over HTTP/1.1 is live, and each of the others when it is in front again",
  fn: scenario({ exchange: { historyHours: 1 } }, async (it) => {
    const browser = await launchBrowser();
    try {
      const context = await browser.newContext();
      const url = `${it.app.url}/products/BTC-USD?granularity=1m`;
      const tabs: Page[] = [];
      for (let count = 0; count < 7; count++) {
        const tab = await context.newPage();
        await tab.addInitScript(HIDING);
        await show(tab, tabs.at(-1));
        await tab.goto(url, { timeout: 20_000 });
        await until(`tab ${count + 1} to be live`, async () => await connectionOf(tab) === "live");
        tabs.push(tab);
      }
      const [first, ...others] = tabs;
      const last = others.at(-1);
      assert.ok(first !== undefined && last !== undefined);
      await until(
        "one stream, of the tab in front",
        async () => await it.app.metric("stream_clients") === 1,
      );
      it.time.speed = 60;
      const startOf = (row: string | undefined) => row?.split(" ")[0];
      const before = startOf((await rowsOf(last))[1]);
      await until("closed candles that the hidden ones miss", async () => {
        const rows = await rowsOf(last);
        return rows.findIndex((row) => startOf(row) === before) > 4;
      });
      await show(first, last);
      await until("the first to be live again", async () => await connectionOf(first) === "live");
      it.time.speed = 0;
      await until("what the first missed", async () => {
        const [rows, kept] = await Promise.all([rowsOf(first), keptRows(it)]);
        return kept.length === 4 && kept.every((row) => rows.includes(row));
      });
    } finally {
      await browser.close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});
