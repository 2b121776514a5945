import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type DemoApp, SHARED_URL, startSiteApp } from "./demo_app.ts";
import { launchBrowser, watch } from "./watched_page.ts";

/** A running demo, which tests look at and do not change, and a file's own browser. */
export interface Site {
  readonly app: Pick<DemoApp, "url">;
  readonly browser: Browser;
  /**
   * Opens a path and tests the page; whatever the browser complained about during that fails the
   * test.
   */
  look(
    path: string,
    at: (page: Page) => Promise<void>,
    options?: BrowserContextOptions,
  ): Promise<void>;
}

/**
 * Starts a browser before a file's tests, and the demo unless one runs for all such files, and ends them after: outside
 * the tests, so that none is blamed for processes and sockets it did not open. Returns how to get them once they run.
 */
export function siteForTests(): () => Site {
  let site: Site | null = null;
  let own: DemoApp | null = null;
  Deno.test.beforeAll(async () => {
    const shared = Deno.env.get(SHARED_URL);
    const app = shared === undefined ? own = await startSiteApp() : { url: shared };
    const browser = await launchBrowser();
    site = { app, browser, look: (...args) => look(browser, app.url, ...args) };
  });
  Deno.test.afterAll(async () => {
    await site?.browser.close();
    await own?.close();
  });
  return () => {
    if (site === null) throw new Error("the site runs only while tests do");
    return site;
  };
}

/** A test in the browser, whose driver keeps its connection between the tests. */
export function check(name: string, run: () => Promise<void>): void {
  Deno.test({ name, fn: run, sanitizeOps: false, sanitizeResources: false });
}

/** Sizes and abilities that pages are looked at with. */
export const PHONE: BrowserContextOptions = { viewport: { width: 320, height: 640 } };
export const NO_SCRIPT: BrowserContextOptions = { javaScriptEnabled: false };

async function look(
  browser: Browser,
  url: string,
  path: string,
  at: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const { page, complaints, close } = await watch(browser, url + path, options);
  try {
    await at(page);
    assert.deepEqual(complaints, [], "the browser has nothing to complain about");
  } finally {
    await close();
  }
}
