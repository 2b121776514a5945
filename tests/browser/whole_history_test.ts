import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";
import { launchBrowser, watch } from "./watched_page.ts";

// Slow: each test has a whole app of its own, and minutes close before, during and after a break, at a speed at which the
// page can follow them.

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchBrowser();
});

Deno.test.afterAll(async () => {
  await browser.close();
});

const PATH = "/products/BTC-USD?granularity=ONE_MINUTE";
/**
 * The least number of closed candles that are compared: those before, during and after the
 * interruption.
 */
const COMPARED = 8;

/** Start and closing price of the closed candles in the page's table, newest first. */
async function shown(page: Page): Promise<readonly string[]> {
  return await page.locator(".candle-table tbody tr").evaluateAll((rows) =>
    rows.slice(1).map((row) => {
      const start = Date.parse(row.querySelector("time")?.dateTime ?? "") / 1000;
      return `${start} ${row.querySelectorAll("td")[3]?.textContent?.replaceAll(",", "")}`;
    })
  );
}

/** The same of what the server has. */
async function kept(it: Scenario): Promise<readonly string[]> {
  const answer = await it.app.request(
    `/api/candles?product=BTC-USD&granularity=ONE_MINUTE&limit=20`,
  );
  const { candles } = JSON.parse(answer?.text ?? "");
  return candles.toReversed().slice(1).map(
    ({ timestamp, close }: { timestamp: number; close: number }) =>
      `${timestamp} ${close.toFixed(2)}`,
  );
}

function startOf(row: string): number {
  return Number(row.split(" ")[0]);
}

/** Waits until table and server have the same candles, a minute apart, and none is missing in between. */
async function isWhole(it: Scenario, page: Page): Promise<void> {
  // A minute that has ended but is not closed is in the page and not in the database while time is
  // stopped.
  it.time.speed = 20;
  await until("the middle of a minute", () => {
    const second = it.exchange.now() / 1000 % 60;
    return second > 15 && second < 45;
  });
  it.time.speed = 0;
  let ours: readonly string[] = [];
  let theirs: readonly string[] = [];
  await until("the page's candles to be the server's", async () => {
    [ours, theirs] = await Promise.all([shown(page), kept(it)]);
    return ours.length >= COMPARED && ours.join() === theirs.join();
  }).catch((error) => assert.deepEqual(ours, theirs, error.message));
  const starts = (await shown(page)).map((row) => Number(row.split(" ")[0]));
  assert.deepEqual(starts, starts.map((_, index) => (starts[0] ?? NaN) - index * 60));
}

async function closeMinutes(it: Scenario, count: number, speed = 40): Promise<void> {
  const endMs = it.exchange.now() + count * 60_000;
  it.time.speed = speed;
  await until("minutes to close", () => it.exchange.now() >= endMs, { timeoutMs: 60_000 });
}

/** What has closed before a page is opened, while nothing follows it. */
function closePast(it: Scenario): Promise<void> {
  return closeMinutes(it, 5, 120);
}

for (const how of ["terminate", "kill"] as const) {
  Deno.test({
    name: `whole history - a server's ${
      how === "kill" ? "kill -9" : "restart"
    }, with minutes closing in between, leaves no hole in an open chart`,
    fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
      await closePast(it);
      const { page, close } = await watch(browser, it.app.url + PATH);
      try {
        await page.locator(".chart-mount[data-drawn]").waitFor();
        await closeMinutes(it, 2);
        await it.app[how]();
        await closeMinutes(it, 4);
        it.startApp();
        await page.locator(".connection[data-state=live]").waitFor({ timeout: 60_000 });
        await closeMinutes(it, 2);
        await isWhole(it, page);
      } finally {
        await close();
      }
    }),
    sanitizeOps: false,
    sanitizeResources: false,
  });
}

Deno.test({
  name:
    "whole history - a laptop that was without a network while minutes closed has no hole in its chart",
  fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
    await closePast(it);
    const { page, close } = await watch(browser, it.app.url + PATH);
    try {
      await page.locator(".chart-mount[data-drawn]").waitFor();
      await page.locator(".connection[data-state=live]").waitFor();
      // A browser without a network keeps what is open, so that has to be cut as well.
      await page.context().setOffline(true);
      await it.app.terminate();
      it.startApp();
      await it.app.whenReady();
      await page.locator(".connection:not([data-state=live])").waitFor();
      await closeMinutes(it, 4);
      await page.context().setOffline(false);
      await page.locator(".connection[data-state=live]").waitFor({ timeout: 60_000 });
      await isWhole(it, page);
    } finally {
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});

Deno.test({
  name:
    "whole history - candles that close between a page and the first event of its stream are in its chart",
  fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
    await closePast(it);
    const { page, complaints, close } = await watch(browser, "about:blank");
    const arrival = Promise.withResolvers<void>();
    await page.route(/\/stream\?/, async (route) => {
      await arrival.promise;
      await route.continue();
    });
    try {
      await page.goto(it.app.url + PATH);
      await page.locator(".chart-mount[data-drawn]").waitFor();
      await closeMinutes(it, 3);
      arrival.resolve();
      await isWhole(it, page);
      assert.deepEqual(complaints, []);
    } finally {
      arrival.resolve();
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});

const EMBEDDING = `<!doctype html><title>Embedding</title>
<spot-chart product="BTC-USD" granularity="ONE_MINUTE"></spot-chart>
<script>
  window.heard = [];
  document.querySelector("spot-chart").addEventListener("candle", ({ detail }) => heard.push(detail));
</script>
<script type="module" src="/spot-chart.js"></script>`;

Deno.test({
  name:
    "whole history - an embedded chart gets what closes between its history and the first event of its stream",
  fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
    await closePast(it);
    const { page, close } = await watch(browser, "about:blank");
    const arrival = Promise.withResolvers<void>();
    await page.route(/\/stream\?/, async (route) => {
      await arrival.promise;
      await route.continue();
    });
    await page.route(
      /\/embedding$/,
      (route) => route.fulfill({ contentType: "text/html", body: EMBEDDING }),
    );
    try {
      it.time.speed = 1;
      const requested = page.waitForRequest(/\/stream\?/);
      await page.goto(`${it.app.url}/embedding`);
      await requested;
      const newestStart = startOf((await kept(it))[0] ?? "");
      await closeMinutes(it, 4);
      const closed = (await kept(it)).map(startOf).filter((start) => start > newestStart);
      assert.ok(closed.length >= 3, `${closed}`);
      arrival.resolve();
      await until("the closed candles to be reported", async () => {
        const heard = await page.evaluate<number[]>(
          "heard.filter((candle) => candle.is_complete).map(({ timestamp }) => timestamp)",
        );
        return closed.every((start) => heard.includes(start));
      });
    } finally {
      arrival.resolve();
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});

Deno.test({
  name:
    "whole history - a page of a server that knows no position yet reads its history again when its stream begins",
  fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
    await closePast(it);
    const { page, close } = await watch(browser, "about:blank");
    const arrival = Promise.withResolvers<void>();
    let isAway = true;
    await page.route(/\/stream\?/, async (route) => {
      await arrival.promise;
      await route.continue({ url: route.request().url().replace(/&last_event_id=\d+/, "") });
    });
    await page.route(/\/api\/candles/, async (route) => {
      if (isAway) await route.fulfill({ status: 503 });
      else await route.continue();
      isAway = false;
    });
    await page.route(/\/products\//, async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replaceAll(/(\\u0026|&amp;|&)last_event_id=\d+/g, "");
      await route.fulfill({ response: answer, body });
    });
    try {
      await page.goto(it.app.url + PATH);
      await page.locator(".chart-mount[data-drawn]").waitFor();
      await closeMinutes(it, 3);
      arrival.resolve();
      await isWhole(it, page);
    } finally {
      arrival.resolve();
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});

Deno.test({
  name:
    "whole history - candles that close while the chart library is loading are in the chart afterwards",
  fn: scenario({ exchange: { products: 1, tradesPerSecond: 4 } }, async (it) => {
    await closePast(it);
    const { page, complaints, close } = await watch(browser, "about:blank");
    const arrival = Promise.withResolvers<void>();
    await page.route(/live_candles-\w+\.js$/, async (route) => {
      await arrival.promise;
      await route.continue();
    });
    try {
      await page.goto(it.app.url + PATH);
      await page.locator(".connection[data-state=live]").waitFor();
      await closeMinutes(it, 4);
      arrival.resolve();
      await page.locator(".chart-mount[data-drawn]").waitFor();
      await isWhole(it, page);
      assert.deepEqual(complaints, []);
    } finally {
      arrival.resolve();
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});
