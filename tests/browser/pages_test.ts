import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type DemoApp, startDemoApp } from "./demo_app.ts";
import { launchBrowser, watch } from "./watched_page.ts";

let app: DemoApp;
let browser: Browser;

// Started outside the tests, so that no test is blamed for processes and sockets it did not open.
Deno.test.beforeAll(async () => {
  app = await startDemoApp();
  browser = await launchBrowser();
});

Deno.test.afterAll(async () => {
  await browser.close();
  await app.close();
});

const PHONE = { viewport: { width: 320, height: 640 } };
const NO_SCRIPT = { javaScriptEnabled: false };

/** Opens a path and looks at it; whatever the browser complained about meanwhile fails the test. */
async function look(
  path: string,
  at: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const { page, complaints, close } = await watch(browser, app.url + path, options);
  try {
    await at(page);
    assert.deepEqual(complaints, [], "the browser has nothing to complain about");
  } finally {
    await close();
  }
}

function check(name: string, run: () => Promise<void>): void {
  // The browser's driver keeps its connection between the tests.
  Deno.test({ name, fn: run, sanitizeOps: false, sanitizeResources: false });
}

check("the dashboard shows every product, goes live and its prices move", async () => {
  await look("/", async (page) => {
    assert.equal(await page.locator("h1").innerText(), "Markets");
    assert.ok(await page.locator(".market tbody tr").count() >= 10);
    await page.locator(".connection[data-state=live]").waitFor();
    await page.locator(".simulated").waitFor();
    await page.locator(".market [data-tick]").first().waitFor();
    const price = page.locator(".market tbody tr[data-id=BTC-USD] td").first();
    const before = await price.innerText();
    assert.match(before, /^\$\d{1,3}(,\d{3})*\.\d\d$/);
    await page.waitForFunction(
      ([text]) => document.querySelector("tr[data-id=BTC-USD] td")?.textContent !== text,
      [before],
    );
  });
});

check("rows that are out of sight are brought up to date when they are scrolled to", async () => {
  await look("/", async (page) => {
    await page.locator(".connection[data-state=live]").waitFor();
    await page.locator(".market tbody tr").last().scrollIntoViewIfNeeded();
    await page.locator(".market tbody tr:last-child").waitFor();
    await page.locator(".market tbody tr:nth-last-child(-n+6) [data-tick]").first().waitFor();
  }, { viewport: { width: 1280, height: 400 } });
});

check("typing in the search box leaves what matches, and the address can be shared", async () => {
  await look("/", async (page) => {
    const shown = () => page.locator(".market tbody b:visible").allInnerTexts();
    const field = page.locator("input[type=search]");
    await field.fill("ethereum");
    await page.locator("tr[data-id=BTC-USD]").waitFor({ state: "hidden" });
    assert.deepEqual(await shown(), ["Ethereum"]);
    await field.blur();
    await page.keyboard.press("/");
    await page.keyboard.press("Backspace");
    assert.equal(new URL(page.url()).searchParams.get("q"), "ethereu");
    await page.reload();
    assert.deepEqual(await shown(), ["Ethereum"]);
    await field.fill("no such coin");
    await page.locator(".no-match").waitFor();
    await field.fill("");
    assert.ok((await shown()).length > 5);
  });
});

check("a heading orders the table", async () => {
  await look("/", async (page) => {
    await page.click(".market thead a:text('Product')");
    await page.locator("th[aria-sort=ascending]:has-text('Product')").waitFor();
    const names = await page.locator(".market tbody b").allInnerTexts();
    const lower = names.map((name) => name.toLowerCase());
    assert.deepEqual(lower, lower.toSorted());
  });
});

check(
  "a row leads to its product, whose chart is drawn, live, and legend follows the pointer",
  async () => {
    await look("/", async (page) => {
      // The row's link lies over its cells, so it is the place that is clicked, not the cell.
      const cell = await page.locator("tr[data-id=BTC-USD] td:nth-child(4)").boundingBox();
      assert.ok(cell !== null);
      await page.mouse.click(cell.x + cell.width / 2, cell.y + cell.height / 2);
      await page.waitForURL("**/products/BTC-USD");
      await page.locator(".chart-mount[data-drawn]").waitFor();
      assert.ok(await inkedPixels(page) > 1000, "the chart's canvases have ink");
      assert.equal(await page.locator(".candle-svg").isVisible(), false);
      await page.locator(".connection[data-state=live]").waitFor();
      await page.locator(".quote [data-tick]:not([data-tick=''])").waitFor();
      await page.waitForFunction(() => /^[\d,]+\.\d\d BTC-USD · Spot Canvas$/.test(document.title));
      const newest = await page.locator(".legend span").first().innerText();
      const box = await page.locator(".chart-mount").boundingBox();
      assert.ok(box !== null);
      await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.4);
      await page.waitForFunction(
        ([text]) => document.querySelector(".legend span")?.textContent !== text,
        [newest],
      );
      await page.locator(".legend .exactness").waitFor();
    });
  },
);

check("dragging the chart into the past fetches older candles", async () => {
  await look("/products/BTC-USD?granularity=ONE_MINUTE", async (page) => {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    const box = await page.locator(".chart-mount").boundingBox();
    assert.ok(box !== null);
    const older = page.waitForResponse((answer) => answer.url().includes("/api/candles?"));
    for (let drag = 0; drag < 3; drag++) {
      await page.mouse.move(box.x + 100, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 120, box.y + 100, { steps: 8 });
      await page.mouse.up();
    }
    assert.equal((await older).status(), 200);
  });
});

check("each granularity is a link to the same product", async () => {
  await look("/products/ETH-USD", async (page) => {
    await page.click(".granularities a:text-is('1h')");
    await page.waitForURL("**/products/ETH-USD?granularity=ONE_HOUR");
    await page.locator(".granularities a[aria-current=page]:text-is('1h')").waitFor();
    assert.equal(await page.locator(".granularities a[aria-current=page]").count(), 1);
    await page.locator(".chart-mount[data-drawn]").waitFor();
  });
});

check("a price below a cent has all its digits, in heading, chart and table", async () => {
  await look("/products/PEPE-USD", async (page) => {
    assert.match(await page.locator(".quote strong").innerText(), /^\$0\.0000\d{4}$/);
    await page.locator(".chart-mount[data-drawn]").waitFor();
    assert.match(
      await page.locator(".candle-table td").first().innerText(),
      /^0\.0000\d{4}$/,
    );
  });
});

check("the theme is switched at once, kept, and part of the page from its first byte", async () => {
  await look("/", async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).color);
    const light = await background();
    await page.click("button[value=dark]:visible");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "night");
    assert.notEqual(await background(), light);
    const answer = await page.reload();
    assert.match(await answer?.text() ?? "", /^<!DOCTYPE html><html lang="en" data-theme="night"/);
    assert.equal(
      await page.locator("button[value=dark]:visible").getAttribute("aria-pressed"),
      "true",
    );
  });
});

check("without script the dashboard is whole: prices, search, order and theme", async () => {
  await look("/", async (page) => {
    assert.ok(await page.locator(".market tbody tr").count() >= 10);
    assert.ok(await page.locator(".market tbody svg").count() >= 10);
    await page.locator("input[type=search]").fill("bitcoin");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?q=bitcoin*");
    const names = await page.locator(".market tbody tr:visible b").allInnerTexts();
    assert.ok(names.length > 0 && names.every((name) => name.includes("Bitcoin")), `${names}`);
    await page.click("button[value=dark]:visible");
    await page.waitForURL("**/?q=bitcoin*");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "night");
  }, NO_SCRIPT);
});

check(
  "without script a product's page has its chart as a picture, and its candles as a table",
  async () => {
    await look("/products/BTC-USD?granularity=5m", async (page) => {
      assert.match(await page.locator(".quote strong").innerText(), /^\$[\d,]+\.\d\d$/);
      const picture = page.getByRole("img", { name: /^Candlestick chart of BTC-USD, 120 candles/ });
      assert.ok(await picture.isVisible());
      assert.equal(await page.locator(".candle-table tbody tr").count(), 20);
      assert.equal(await page.locator(".candle-table .exactness").count(), 20);
      await page.click(".granularities a:text-is('1d')");
      await page.waitForURL("**?granularity=ONE_DAY");
    }, NO_SCRIPT);
  },
);

check("nothing is wider than a small phone, and the theme can be switched there too", async () => {
  for (const path of ["/", "/products/BTC-USD", "/products/PEPE-USD?granularity=1d"]) {
    await look(path, async (page) => {
      await page.locator(".connection[data-state=live]").waitFor();
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(excess <= 0, `${path} is ${excess} px too wide`);
      await page.click("button[value=dark]:visible");
      assert.equal(await page.locator("html").getAttribute("data-theme"), "night");
    }, PHONE);
  }
});

check("an unknown product and a mistyped address are told as such, with status 404", async () => {
  for (const [path, title] of [["/products/NO-SUCH", "No such product"], ["/x", "Nothing here"]]) {
    const { page, close } = await watch(browser, app.url + path);
    try {
      assert.equal(await page.locator("h1").innerText(), title);
      assert.equal((await page.request.get(app.url + path)).status(), 404);
    } finally {
      await close();
    }
  }
});

check(
  "when the server goes away the page says so, and goes on by itself when it is back",
  async () => {
    const { page, close } = await watch(browser, `${app.url}/products/BTC-USD`);
    try {
      await page.locator(".connection[data-state=live]").waitFor();
      await app.stop();
      await page.locator(".connection[data-state=reconnecting]").waitFor();
      await page.locator(".connection[data-state=stale]:has-text('Stale since')").waitFor();
      await app.restart();
      await page.locator(".connection[data-state=live]").waitFor({ timeout: 60_000 });
    } finally {
      await close();
    }
  },
);

/** Pixels of the chart's canvases that are not transparent. */
async function inkedPixels(page: Page): Promise<number> {
  return await page.evaluate(() => {
    let inked = 0;
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>(".chart-mount canvas")) {
      const context = canvas.getContext("2d");
      if (context === null || canvas.width === 0 || canvas.height === 0) continue;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 3; at < data.length; at += 4) inked += Number(data[at] !== 0);
    }
    return inked;
  });
}
