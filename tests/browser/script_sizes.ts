import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { watch } from "./watched_page.ts";

/** Bytes of the scripts that a first visit of a page loads, each compressed with gzip. */
export interface ScriptSizes {
  /** All but the chart library. */
  readonly first: number;
  /** The chart library and what comes with it, when all else is there; 0 on a page that has none. */
  readonly library: number;
}

/** The module that brings the chart library. */
const LIBRARY = /\/live_candles-\w+\.js$/;

/** Visits a page for the first time, until it is live, and weighs the scripts that it loads. */
export async function scriptSizes(browser: Browser, url: string): Promise<ScriptSizes> {
  const { page, close } = await watch(browser, "about:blank");
  const sizes = { first: 0, library: 0 };
  const weighing: Promise<void>[] = [];
  page.on("response", (answer) => {
    if (answer.request().resourceType() !== "script") return;
    const part = LIBRARY.test(new URL(answer.url()).pathname) ? "library" : "first";
    weighing.push(
      answer.body().then((body) => {
        sizes[part] += gzipSync(body, { level: 9 }).length;
      }),
    );
  });
  try {
    await page.goto(url);
    await page.locator(".connection[data-state=live]").waitFor();
    if (await page.locator("#chart").count() > 0) {
      await page.locator(".chart-mount[data-drawn]").waitFor();
    }
    await Promise.all(weighing);
  } finally {
    await close();
  }
  return sizes;
}
