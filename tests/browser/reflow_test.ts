import assert from "node:assert/strict";
import type { BrowserContextOptions, Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { PAGES } from "./page_list.ts";
import { check, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests();

const ZOOMED_TWICE: BrowserContextOptions = {
  viewport: { width: 640, height: 512 },
  deviceScaleFactor: 2,
};
const PHONE = { width: 320, height: 640 };
/** A window of 1280 by 1024 pixels at 400 %, with as many CSS pixels fewer as each of them is larger. */
const ZOOMED_FOUR_TIMES = { width: 320, height: 256 };

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

async function visit(
  path: string,
  options: BrowserContextOptions,
  at: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, close } = await watch(site().browser, site().app.url + path, options);
  try {
    if (path.includes("granularity")) await page.locator(".chart-mount[data-drawn]").waitFor();
    await at(page);
  } finally {
    await close();
  }
}

check("reflow - at 200 % zoom nothing on any page reaches beyond the window", async () => {
  for (const path of PAGES) {
    await visit(
      path,
      ZOOMED_TWICE,
      async (page) => assert.deepEqual(await outside(page), [], path),
    );
  }
});

check(
  "reflow - at 320 pixels and at 400 % zoom nothing on any page reaches beyond the window",
  async () => {
    for (const path of PAGES) {
      await visit(path, { viewport: PHONE }, async (page) => {
        assert.deepEqual(await outside(page), [], `${path}, 320 pixels`);
        // Without another visit, since the two differ in height and sharpness alone.
        const session = await page.context().newCDPSession(page);
        const zoomed = { ...ZOOMED_FOUR_TIMES, deviceScaleFactor: 4, mobile: false };
        await session.send("Emulation.setDeviceMetricsOverride", zoomed);
        await until(
          "the zoom",
          () => page.evaluate(() => devicePixelRatio === 4 && innerHeight === 256),
        );
        assert.deepEqual(await outside(page), [], `${path}, 400 %`);
      });
    }
  },
);

check("reflow - the indicator menu fits a window of 320 pixels", async () => {
  await site().look("/products/BTC-USD", async (page) => {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    await page.getByText("Indicators").click();
    await page.locator(".menu-box").getByRole("checkbox").first().waitFor();
    assert.deepEqual(await outside(page), []);
  }, { viewport: PHONE });
});

/** Texts of the dashboard's table, and controls of the workspace's charts, of which not all is seen or that lie over others. */
async function crowded(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const found: string[] = [];
    for (const cell of document.querySelectorAll<HTMLElement>(".market :is(th, td)")) {
      const name = cell.dataset.col ?? "";
      // A long name ends with dots.
      if (cell.matches("tbody th")) continue;
      const range = document.createRange();
      range.selectNodeContents(cell);
      const [box, text] = [cell.getBoundingClientRect(), range.getBoundingClientRect()];
      if (text.left < box.left - 1 || text.right > box.right + 1) {
        found.push(`${name}: ${cell.innerText}`);
      }
    }
    for (const bar of document.querySelectorAll(".tile .chart-bar")) {
      const controls = [
        ...bar.querySelectorAll(".tile-head :is(a, button, select), button, summary"),
      ]
        .filter((each) => each.getClientRects().length > 0).map((each) => ({
          name: each.getAttribute("aria-label") ?? each.textContent,
          box: each.getBoundingClientRect(),
        })).toSorted((one, other) => one.box.left - other.box.left);
      for (const [index, { name, box }] of controls.entries()) {
        const next = controls[index + 1];
        if (next !== undefined && next.name !== name && next.box.left < box.right - 2) {
          found.push(`${name} and ${next.name}`);
        }
      }
    }
    return found;
  });
}

check("reflow - nothing in the dashboard's table lies over its neighbour on a tablet", async () => {
  for (const query of ["", "?cols=hour,volume,ratio,trades,line&sort=ratio&order=desc"]) {
    await site().look(`/${query}`, async (page) => {
      await page.locator(".connection[data-state=live]").waitFor();
      for (const width of [768, 834, 959, 1024, 1151, 1152, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await crowded(page), [], `${query} at ${width} pixels`);
      }
    });
  }
});

check("reflow - the bar of a workspace's narrowest chart has its name and what fits", async () => {
  const path = "/workspace?chart=BTC-USD/5m&chart=ETH-USD/5m&chart=SOL-USD/5m&columns=10,20,70";
  await site().look(path, async (page) => {
    await page.locator("#chart-3 .chart-mount[data-drawn]").waitFor();
    for (const width of [1024, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await crowded(page), [], `at ${width} pixels`);
      await page.getByRole("button", { name: "Remove chart 1" }).waitFor();
    }
  });
});
