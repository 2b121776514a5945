import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { until } from "../harness/wait.ts";
import { launchBrowser, watch } from "./watched_page.ts";

// Slow: only many updates show a leak, and a page draws each of them.

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchBrowser();
});

Deno.test.afterAll(async () => {
  await browser.close();
});

const MEGABYTE = 2 ** 20;
/** Exchange milliseconds per real one. */
const SPEED = 160;
/** So that both pages are warm, and the chart has drawn closes. */
const WARM_UP_MINUTES = 20;
/**
 * An hour of candles adds a quarter of it to a chart; their frames, if they were kept, half of
 * that again.
 */
const MOST_GROWTH_MEGABYTES = 1;
/** Rows, cells and texts that come and go; a leak of one for each update would be thousands. */
const MOST_GROWTH_NODES = 300;

/** Counts the frames of a page's stream before the page's own scripts run. */
const COUNT_FRAMES = `
  window.received = 0;
  window.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      this.addEventListener("candle", () => received++);
    }
  };
`;

interface Footprint {
  readonly heapMegabytes: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Frames that its stream has brought. */
  readonly frames: number;
}

/** The heap of a page after garbage collection. */
async function footprint(page: Page): Promise<Footprint> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  // What one collection finalizes, the next one frees.
  for (let round = 0; round < 3; round++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  const frames = await page.evaluate<number>("received");
  await session.detach();
  return { heapMegabytes: usedSize / MEGABYTE, nodes, listeners: jsEventListeners, frames };
}

/** Whether enough frames came that a leak of each one would show. */
function hasMany(before: readonly Footprint[], after: readonly Footprint[]): boolean {
  return after.every(({ frames }, index) => frames - (before[index]?.frames ?? 0) > 2000);
}

async function open(url: string) {
  const { page, complaints, close } = await watch(browser, "about:blank");
  await page.addInitScript(COUNT_FRAMES);
  await page.goto(url);
  await page.locator(".connection[data-state=live]").waitFor();
  return { page, complaints, close };
}

/** Lets minutes of exchange time pass, and waits until the page has the candles that closed in them. */
async function minutesPass(it: Scenario, pages: readonly Page[], minutes: number): Promise<void> {
  const untilMs = it.exchange.now() + minutes * 60_000;
  it.time.speed = SPEED;
  await until("the minutes to pass", () => it.exchange.now() >= untilMs, { timeoutMs: 120_000 });
  it.time.speed = 0;
  // What was in transit arrives, and is drawn.
  for (const page of pages) {
    let before = -1;
    await until("the last frame", async () => {
      const now = await page.evaluate<number>("received");
      const isLast = now === before;
      before = now;
      return isLast;
    }, { everyMs: 500 });
  }
}

Deno.test({
  name:
    "memory - an hour's worth of updates leaves dashboard and chart page with the memory they had",
  fn: scenario({ exchange: { batchMs: 10 }, env: { LIVE_INTERVAL_MS: "0" } }, async (it) => {
    const dashboard = await open(`${it.app.url}/`);
    const chart = await open(
      `${it.app.url}/products/BTC-USD?granularity=ONE_MINUTE&indicators=ema:21`,
    );
    const pages = [dashboard.page, chart.page];
    try {
      await chart.page.locator(".chart-mount[data-drawn]").waitFor();
      await minutesPass(it, pages, WARM_UP_MINUTES);
      const before = await Promise.all(pages.map(footprint));
      let after = before;
      // A busy machine sends fewer frames in the same time.
      for (
        let minutes = 0;
        minutes < 60 || !hasMany(before, after) && minutes < 180;
        minutes += 60
      ) {
        await minutesPass(it, pages, 60);
        after = await Promise.all(pages.map(footprint));
      }
      assert.ok(hasMany(before, after), JSON.stringify([before, after]));
      for (const [index, name] of ["dashboard", "chart page"].entries()) {
        const [was, is] = [before[index], after[index]];
        assert.ok(was !== undefined && is !== undefined);
        const grownMegabytes = is.heapMegabytes - was.heapMegabytes;
        assert.ok(grownMegabytes < MOST_GROWTH_MEGABYTES, `${name}: ${grownMegabytes} MB more`);
        assert.ok(is.nodes - was.nodes < MOST_GROWTH_NODES, `${name}: ${is.nodes} nodes`);
        assert.ok(is.listeners <= was.listeners, `${name}: ${is.listeners} listeners`);
      }
      assert.deepEqual([...dashboard.complaints, ...chart.complaints], []);
    } finally {
      await dashboard.close();
      await chart.close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});
