import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { check, NO_SCRIPT, PHONE, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests();

check(
  "pages - a row leads to its product, whose chart is drawn, live, and legend follows the pointer",
  async () => {
    await site().look("/", async (page) => {
      // The row's link lies over its cells, so it is the place that is clicked, not the cell.
      const cell = await page.locator("tr[data-id=BTC-USD] [data-col=volume]").boundingBox();
      assert.ok(cell !== null);
      await page.mouse.click(cell.x + cell.width / 2, cell.y + cell.height / 2);
      await page.waitForURL("**/products/BTC-USD");
      await page.locator(".chart-mount[data-drawn]").waitFor();
      // Its canvases are painted with the frame after that.
      await until("ink in the canvases", async () => await inkedPixels(page) > 1000);
      assert.equal(await page.locator(".candle-svg").isVisible(), false);
      await page.locator(".connection[data-state=live]").waitFor();
      await page.locator(".quote [data-tick]").waitFor();
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

check("pages - dragging the chart into the past fetches older candles", async () => {
  await site().look("/products/BTC-USD?granularity=ONE_MINUTE", async (page) => {
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

check("pages - two fingers drawn together zoom out, into the past", async () => {
  await site().look("/products/BTC-USD?granularity=ONE_MINUTE", async (page) => {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    await page.locator(".chart-mount").scrollIntoViewIfNeeded();
    const box = await page.locator(".chart-mount").boundingBox();
    assert.ok(box !== null);
    const older = page.waitForResponse((answer) => answer.url().includes("/api/candles?"));
    const session = await page.context().newCDPSession(page);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const fingers = (apart: number) =>
      [-1, 1].map((side, id) => ({ id, x: x + side * apart / 2, y }));
    for (let pinch = 0; pinch < 3; pinch++) {
      await session.send("Input.dispatchTouchEvent", {
        type: "touchStart",
        touchPoints: fingers(300),
      });
      for (let apart = 280; apart >= 20; apart -= 20) {
        await session.send("Input.dispatchTouchEvent", {
          type: "touchMove",
          touchPoints: fingers(apart),
        });
      }
      await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    }
    assert.equal((await older).status(), 200);
    assert.equal(await page.evaluate(() => visualViewport?.scale), 1, "the page is not zoomed");
  }, { viewport: { width: 768, height: 1024 }, hasTouch: true, isMobile: true });
});

check(
  "pages - if the chart library does not load, the page reports it and its price is live",
  async () => {
    const { page, close } = await watch(site().browser, "about:blank");
    try {
      await page.route(/live_candles-\w+\.js$/, (route) => route.abort());
      await page.goto(`${site().app.url}/products/BTC-USD`);
      await page.locator(".chart-note:has-text('could not be loaded')").waitFor();
      await page.locator(".quote [data-tick]").waitFor();
      assert.ok(await page.getByRole("img", { name: /^Candlestick chart of BTC-USD/ }).isVisible());
    } finally {
      await close();
    }
  },
);

check(
  "pages - a product's page follows one stream, before its chart is drawn and after",
  async () => {
    const streams: string[] = [];
    await site().look("/healthz", async (page) => {
      page.on("request", (request) => {
        if (new URL(request.url()).pathname === "/stream") streams.push(request.url());
      });
      await page.goto(`${site().app.url}/products/BTC-USD`);
      await page.locator(".chart-mount[data-drawn]").waitFor();
      await page.locator(".connection[data-state=live]").waitFor();
      assert.equal(streams.length, 1);
    });
  },
);

check(
  "pages - a granularity that is none is named, and the rest of the address is kept",
  async () => {
    await site().look(
      "/products/BTC-USD?granularity=7x&indicators=ema:21&scale=log",
      async (page) => {
        await page.locator(".chart-mount[data-drawn]").waitFor();
        await page.locator(".chart-problems", { hasText: "No granularity: “7x”. It is " })
          .waitFor();
        await page.locator(".granularities [aria-current]", { hasText: "5m" }).waitFor();
        await page.locator(".chart-box > .studies", { hasText: "EMA 21" }).waitFor();
        await page.locator("[aria-label='Log scale'][aria-pressed=true]").waitFor();
      },
    );
  },
);

check("pages - each granularity is a link to the same product", async () => {
  await site().look("/products/ETH-USD", async (page) => {
    await page.click(".granularities a:text-is('1h')");
    await page.waitForURL("**/products/ETH-USD?granularity=ONE_HOUR");
    await page.locator(".granularities a[aria-current=page]:text-is('1h')").waitFor();
    assert.equal(await page.locator(".granularities a[aria-current=page]").count(), 1);
    await page.locator(".chart-mount[data-drawn]").waitFor();
  });
});

check("pages - a price below a cent has all its digits, in heading, chart and table", async () => {
  await site().look("/products/PEPE-USD", async (page) => {
    assert.match(await page.locator(".quote strong").innerText(), /^\$0\.0000\d{4}$/);
    await page.locator(".chart-mount[data-drawn]").waitFor();
    assert.match(
      await page.locator(".candle-table td").first().innerText(),
      /^0\.0000\d{4}$/,
    );
  });
});

check(
  "pages - the theme is switched immediately, kept, and part of the page from its first byte",
  async () => {
    await site().look("/", async (page) => {
      const background = () => page.evaluate(() => getComputedStyle(document.body).color);
      const light = await background();
      await page.click("button[value=dark]:visible");
      assert.equal(await page.locator("html").getAttribute("data-theme"), "night");
      assert.notEqual(await background(), light);
      const answer = await page.reload();
      assert.match(
        await answer?.text() ?? "",
        /^<!DOCTYPE html><html lang="en" data-theme="night"/,
      );
      assert.equal(
        await page.locator("button[value=dark]:visible").getAttribute("aria-pressed"),
        "true",
      );
    });
  },
);

check(
  "pages - without script a product's page has its chart as a picture, and its candles as a table",
  async () => {
    await site().look("/products/BTC-USD?granularity=5m", async (page) => {
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

check(
  "pages - nothing is wider than a small phone, and the theme can be switched there too",
  async () => {
    for (const path of ["/", "/products/BTC-USD", "/products/PEPE-USD?granularity=1d"]) {
      await site().look(path, async (page) => {
        await page.locator(".connection[data-state=live]").waitFor();
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(excess <= 0, `${path} is ${excess} px too wide`);
        await page.click("button[value=dark]:visible");
        assert.equal(await page.locator("html").getAttribute("data-theme"), "night");
      }, PHONE);
    }
  },
);

check(
  "pages - an unknown product and a mistyped address are reported, with status 404",
  async () => {
    for (
      const [path, title] of [["/products/NO-SUCH", "No such product"], ["/x", "Nothing here"]]
    ) {
      const { page, close } = await watch(site().browser, site().app.url + path);
      try {
        assert.equal(await page.locator("h1").innerText(), title);
        assert.equal((await page.request.get(site().app.url + path)).status(), 404);
      } finally {
        await close();
      }
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
