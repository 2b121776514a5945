import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { watch } from "./watched_page.ts";

/** Bytes of the scripts that a first visit of a page loads, each compressed with gzip. */
export interface ScriptSizes {
  /** All except the chart library. */
  readonly first: number;
  /** The chart library and what comes with it, after all else is loaded; 0 on a page that has none. */
  readonly library: number;
}

/** The modules that bring the chart library, which they import, and the one that a drawn chart loads. */
const LIBRARY = /^(live_(candles|workspace)|axis_alert)-\w+\.js$/;
const IMPORT = /\b(?:from|import)\s*"\.\/([\w.-]+\.js)"/g;

/** Visits a page for the first time, until it is live, and weighs the scripts that it loads. */
export async function scriptSizes(browser: Browser, url: string): Promise<ScriptSizes> {
  const { page, close } = await watch(browser, "about:blank");
  const scripts = new Map<string, string>();
  const reading: Promise<void>[] = [];
  let isOver = false;
  page.on("response", (answer) => {
    if (answer.request().resourceType() !== "script") return;
    const name = new URL(answer.url()).pathname.split("/").at(-1) ?? "";
    reading.push(
      answer.text().then((text) => void scripts.set(name, text), (error) => {
        // What is still being loaded when the page is left is not one of its first scripts.
        if (!isOver) throw error;
      }),
    );
  });
  try {
    await page.goto(url);
    await page.locator(".connection[data-state=live]").waitFor();
    if (await page.locator(".chart-mount").count() > 0) {
      await page.locator(".chart-mount[data-drawn]").first().waitFor();
    }
    await Promise.all(reading);
  } finally {
    isOver = true;
    await close();
  }
  const names = [...scripts.keys()];
  const brought = withImports(scripts, names.filter((name) => LIBRARY.test(name)));
  // What the library shares with the other scripts is loaded before it.
  const before = withImports(scripts, names.filter((name) => !brought.has(name)));
  const sizes = { first: 0, library: 0 };
  for (const [name, text] of scripts) {
    const part = before.has(name) ? "first" : "library";
    sizes[part] += gzipSync(text, { level: 9 }).length;
  }
  return sizes;
}

/** Scripts and all that they import, directly or not. */
function withImports(
  scripts: ReadonlyMap<string, string>,
  names: readonly string[],
): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) {
    for (const [, imported = ""] of (scripts.get(name) ?? "").matchAll(IMPORT)) found.add(imported);
  }
  return found;
}
