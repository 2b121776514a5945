import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startNewDemoApp } from "./demo_app.ts";
import { check } from "./site.ts";
import { launchBrowser, watch } from "./watched_page.ts";

/** A machine that is busy as well takes this long to fetch and prove a day of a few products. */
const TIMEOUT = { timeout: 180_000 };

/** A reload of the page would lose the mark. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(globalThis, { isFirst: true }));
  return () => page.evaluate(() => Reflect.get(globalThis, "isFirst") === true);
}

check(
  "first minutes - a dashboard and a chart page opened at the first moment fill without a reload",
  async () => {
    // The exact past grows slowly enough for its beginning to be seen on the chart.
    const app = await startNewDemoApp({ DEMO_PRODUCTS: "8", EXACT_DAYS: "1" });
    const browser = await launchBrowser();
    const dashboard = await watch(browser, app.url);
    const chart = await watch(browser, `${app.url}/products/BTC-USD`);
    try {
      const isSame = [await mark(dashboard.page), await mark(chart.page)];
      const { page } = dashboard;
      await page.waitForFunction(
        () => document.querySelectorAll('.market tbody path[d^="M0 "]').length >= 8,
        null,
        TIMEOUT,
      );
      await page.locator("[data-news=exact]:has-text('All exact since')").waitFor(TIMEOUT);
      assert.equal(await page.locator(".market tbody [data-exact=none]").count(), 0);

      const figure = chart.page.locator("#figures dd").first();
      await chart.page.locator("#figures dd:text-matches('^\\\\$')").nth(2).waitFor(TIMEOUT);
      assert.match(await figure.innerText(), /^\$[\d,]+\.\d\d$/);
      // Candles that came to the database alone turn exact in an open table.
      await chart.page.locator(".candle-table [data-state=exact]").nth(15).waitFor(TIMEOUT);
      await chart.page.locator("#exact-past:has-text('Exact since')").waitFor(TIMEOUT);

      const word = chart.page.locator(".exact-mark button");
      await word.waitFor(TIMEOUT);
      await word.focus();
      const meaning = chart.page.locator(".exact-mark [role=tooltip]");
      assert.match(await meaning.innerText(), /^Every candle from .* UTC on holds every trade/);
      assert.ok(await meaning.isVisible());
      assert.deepEqual([await isSame[0]?.(), await isSame[1]?.()], [true, true]);
      assert.deepEqual([...dashboard.complaints, ...chart.complaints], []);
    } finally {
      await browser.close();
      await app.close();
    }
  },
);
