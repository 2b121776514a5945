import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { PAGES } from "./page_list.ts";
import { scriptSizes } from "./script_sizes.ts";
import { check, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

// Slow: axe and the layout take every page in every look.

const site = siteForTests();

const AXE = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  "light, wide": { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  "dark, on a phone": { colorScheme: "dark", viewport: { width: 390, height: 844 } },
};

/** Gives a page another size and other colours, which its styles decide, without another visit. */
async function change(page: Page, { colorScheme, viewport }: BrowserContextOptions): Promise<void> {
  if (viewport != null) await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  // Colours in between are nobody's.
  await page.evaluate(async () => {
    const changes = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(changes.map(({ finished }) => finished));
  });
}

/**
 * What axe objects to, a line each. Pages' own policy forbids injected scripts, so it is bypassed
 * here.
 */
async function objections(page: Page, within = "html"): Promise<readonly string[]> {
  return await page.evaluate(async (within) => {
    interface Found {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }
    const axe: {
      run(within: string, options: object): Promise<{ violations: readonly Found[] }>;
    } = Reflect.get(globalThis, "axe");
    const { violations } = await axe.run(within, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      // What passes is not described.
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`)
    );
  }, within);
}

check(
  "quality - no page has anything that axe objects to: light and wide, dark and on a phone",
  async () => {
    for (const path of PAGES) {
      const { page, close } = await watch(site().browser, site().app.url + path, {
        bypassCSP: true,
      });
      try {
        const seen = await prepare(page, path);
        await page.addScriptTag({ path: AXE });
        for (const [look, options] of Object.entries(LOOKS)) {
          await change(page, options);
          await seen.waitFor();
          // Tinted, as prices that just moved.
          await page.evaluate(() => {
            const prices = document.querySelectorAll<HTMLElement>(
              "[data-live=price], .quote strong",
            );
            prices.forEach((price, index) => price.dataset.tick = index % 2 === 0 ? "up" : "down");
          });
          assert.deepEqual(await objections(page), [], `${path}, ${look}`);
        }
        await page.keyboard.press("Control+k");
        const palette = page.locator(".palette [role=status]:text-matches('found|first')");
        for (const [look, options] of Object.entries(LOOKS)) {
          await change(page, options);
          await palette.waitFor();
          assert.deepEqual(await objections(page, ".palette"), [], `palette on ${path}, ${look}`);
        }
      } finally {
        await close();
      }
    }
  },
);

/** Waits until a page is as it stays, and opens its menu; returns what can be seen of it in every look. */
async function prepare(page: Page, path: string): Promise<Locator> {
  if (path.includes("BTC-USD?")) {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    await page.getByText("Indicators").click();
    const choice = page.locator(".menu-box").getByRole("checkbox").first();
    await choice.waitFor();
    return choice;
  }
  if (path === "/workspace") {
    await page.locator(".chart-mount[data-drawn]").first().waitFor();
    await page.locator(".saved-menu summary").click();
    return page.locator(".saved-menu[open]");
  }
  if (!path.includes("no")) await page.waitForTimeout(500);
  return page.locator("h1").first();
}

/** Bytes of scripts before the chart library. Fresh's own runtime is larger than that of the stand-in. */
const SCRIPT_BUDGET = { standIn: 15_000, fresh: 25_000 };

check("quality - a first visit loads few bytes of scripts before the chart library", async () => {
  const project = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const most = SCRIPT_BUDGET["links" in project ? "standIn" : "fresh"];
  for (const path of ["/", "/products/BTC-USD", "/workspace"]) {
    const { first } = await scriptSizes(site().browser, site().app.url + path);
    assert.ok(first > 5000 && first <= most, `${path}: ${first} bytes`);
  }
});

/** How much a page's content shifts without input, as browsers measure it. */
const MEASURE_SHIFTS = `
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifted += value;
  }).observe({ type: "layout-shift", buffered: true });
`;

for (const [look, options] of Object.entries(LOOKS)) {
  check(`quality - nothing moves while a page loads and goes live: ${look}`, async () => {
    for (
      const path of [
        "/",
        "/?view=favourites",
        "/products/BTC-USD",
        "/workspace",
        "/status",
        "/shortcuts",
        "/examples/datastar",
      ]
    ) {
      const { page, close } = await watch(site().browser, "about:blank", options);
      try {
        await page.addInitScript(MEASURE_SHIFTS);
        await page.goto(site().app.url + path);
        if (path.startsWith("/products")) {
          await page.locator(".chart-mount[data-drawn]").waitFor();
          await page.locator(".quote [data-tick]").waitFor();
        } else if (path === "/workspace") {
          await page.locator(".chart-mount[data-drawn]").first().waitFor();
          await page.locator(".connection[data-state=live]").waitFor();
        } else if (path !== "/examples/datastar" && path !== "/shortcuts") {
          await page.locator(".connection[data-state=live]").waitFor();
        }
        const shifted = await page.evaluate<number>("shifted");
        assert.ok(shifted < 0.01, `${path}: ${shifted}`);
      } finally {
        await close();
      }
    }
  });
}

check(
  "quality - parts of the status page keep their height on a phone when one has more to say",
  async () => {
    await site().look("/status", async (page) => {
      await page.locator(".connection[data-state=live]").waitFor();
      const [before, after] = await page.evaluate(() => {
        const height = () => document.querySelector<HTMLElement>(".parts")?.offsetHeight ?? 0;
        const texts = [...document.querySelectorAll(".part p")];
        texts.forEach((text) => text.textContent = "Writing");
        const before = height();
        texts.forEach((text) => text.textContent = "12345 closed candles wait");
        return [before, height()];
      });
      assert.ok(before !== undefined && before > 0);
      assert.equal(after, before);
    }, { viewport: { width: 390, height: 844 } });
  },
);

check("quality - the status page shows what readiness does, and updates itself", async () => {
  await site().look("/status", async (page) => {
    await page.locator(".verdict[data-well=yes]").waitFor();
    assert.equal(await page.locator(".part[data-state=up]").count(), 4);
    const figures = async () => (await page.locator(".figure-grid").allInnerTexts()).join("\n");
    const before = await figures();
    assert.match(before, /Trades in\n/);
    await until("other figures", async () => await figures() !== before);
    await page.locator(".connection[data-state=live]").waitFor();
  });
});
