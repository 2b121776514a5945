import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "playwright-core";
import { PAGES } from "./page_list.ts";
import { check, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests();

/** A window of 1280 by 1024 pixels, zoomed: as many CSS pixels fewer as each of them is larger. */
function zoomed(factor: number): BrowserContextOptions {
  return {
    viewport: { width: 1280 / factor, height: 1024 / factor },
    deviceScaleFactor: factor,
  };
}

const WINDOWS: Readonly<Record<string, BrowserContextOptions>> = {
  "at 320 pixels": { viewport: { width: 320, height: 640 } },
  "at 200 % zoom": zoomed(2),
  "at 400 % zoom": zoomed(4),
};

/** What reaches beyond the window's side and cannot be scrolled to inside a scrolling element. */
async function outside(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const isScrolled = (element: Element | null): boolean =>
      element !== null && element !== document.documentElement &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) ||
        isScrolled(element.parentElement));
    const found: string[] = [];
    const excess = document.documentElement.scrollWidth - innerWidth;
    if (excess > 0) found.push(`the page is ${excess} px too wide`);
    // A drawing is cut where its past begins.
    for (const element of document.querySelectorAll("body *:not(svg, svg *)")) {
      const { left, right, width, height } = element.getBoundingClientRect();
      // Text for screen readers alone takes a pixel.
      if (width <= 1 || height <= 1 || (left >= -1 && right <= innerWidth + 1)) continue;
      if (!isScrolled(element.parentElement)) found.push(element.outerHTML.slice(0, 120));
    }
    return found;
  });
}

for (const [name, options] of Object.entries(WINDOWS)) {
  check(`${name} nothing on any page reaches beyond the window`, async () => {
    for (const path of PAGES) {
      const { page, close } = await watch(site().browser, site().app.url + path, options);
      try {
        if (path.includes("granularity")) {
          await page.locator(".chart-mount[data-drawn]").waitFor();
        }
        assert.deepEqual(await outside(page), [], `${path} ${name}`);
      } finally {
        await close();
      }
    }
  });
}

check("reflow - the indicator menu fits a window of 320 pixels", async () => {
  await site().look("/products/BTC-USD", async (page) => {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    await page.getByText("Indicators").click();
    await page.locator(".menu-box").getByRole("checkbox").first().waitFor();
    assert.deepEqual(await outside(page), []);
  }, { viewport: { width: 320, height: 640 } });
});
