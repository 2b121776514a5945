import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { check, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests({ CORS_ORIGINS: "*" });

const ONE_CHART =
  '<spot-chart product="BTC-USD" granularity="ONE_MINUTE" indicators="ema:9">as yet nothing</spot-chart>';

/** A page of another origin with the element in it. */
async function withForeignPage(
  use: (page: Page) => Promise<void>,
  body = ONE_CHART,
): Promise<void> {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A foreign page</title>
    <script type="module" src="${site().app.url}/spot-chart.js"></script>
    ${body}
    <script>
      const chart = document.querySelector("spot-chart");
      window.heard = { candle: [], statechange: [] };
      for (const type of Object.keys(heard)) {
        chart.addEventListener(type, ({ detail }) => heard[type].push(detail));
      }
    </script>`;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) =>
      new URL(url).pathname === "/"
        ? new Response(html, { headers: { "content-type": "text/html" } })
        : new Response(null, { status: 204 }),
  );
  const { page, complaints, close } = await watch(
    site().browser,
    `http://127.0.0.1:${server.addr.port}/`,
  );
  try {
    await use(page);
    assert.deepEqual(complaints, []);
  } finally {
    await close();
    await server.shutdown();
  }
}

check(
  "on a foreign page the element draws, goes live, tells of candles and follows its attributes",
  async () => {
    await withForeignPage(async (page) => {
      await page.locator("spot-chart[state=live] .mount[data-drawn]").waitFor();
      await page.locator("spot-chart .legend:has-text('EMA 9')").waitFor();
      await page.waitForFunction("heard.candle.length > 1");
      const [candle] = await page.evaluate<{ product_id: string; close: number }[]>("heard.candle");
      assert.equal(candle?.product_id, "BTC-USD");
      assert.ok(Number(candle?.close) > 1000);
      assert.deepEqual(
        await page.evaluate("heard.statechange.map(({ state }) => state).slice(0, 2)"),
        [
          "connecting",
          "live",
        ],
      );
      await page.evaluate("chart.setAttribute('indicators', 'rsi')");
      await page.locator("spot-chart .legend:has-text('RSI 14')").waitFor();
      await page.evaluate("chart.setAttribute('product', 'ETH-USD')");
      await page.waitForFunction("heard.candle.at(-1)?.product_id === 'ETH-USD'");
      await page.locator("spot-chart[state=live] .mount[data-drawn]").waitFor();
    });
  },
);

for (const count of [8, 20]) {
  check(
    `embed - ${count} charts on a foreign page and a follower of its own are live over one connection`,
    async () => {
      const products = (await (await fetch(`${site().app.url}/api/products`)).json()).products;
      const charts = Array.from({ length: count }, (_, at) => {
        const granularity = ["ONE_MINUTE", "FIVE_MINUTE", "ONE_HOUR"][at % 3];
        return `<spot-chart product="${
          products[at % products.length].product_id
        }" granularity="${granularity}"
        style="height: 12rem; width: 20rem; display: inline-block"></spot-chart>`;
      });
      const own = `<script type="module">
      import { followCandles } from "${site().app.url}/client.js";
      window.followed = [];
      followCandles({ products: ["BTC-USD"], granularities: ["ONE_MINUTE"], onCandle: (candle) => followed.push(candle) });
      </script>`;
      await withForeignPage(async (page) => {
        await page.waitForFunction(
          "document.querySelectorAll('spot-chart[state=live]').length === " + count,
        );
        await page.waitForFunction("window.followed?.length > 1");
        for (let at = 0; at < count; at++) {
          await page.locator("spot-chart").nth(at).locator(".mount[data-drawn]").waitFor();
        }
        // The page's own requests to the server are answered.
        assert.equal(
          await page.evaluate(
            `fetch("${site().app.url}/api/products").then(({ ok }) => ok, String)`,
          ),
          true,
        );
        await until("one connection", async () => {
          const metrics = await (await fetch(`${site().app.url}/metrics`)).text();
          return /^spot_canvas_stream_clients 1$/m.test(metrics);
        });
        const shown = Deno.env.get("SCREENSHOTS");
        if (shown) await page.screenshot({ path: `${shown}/charts-${count}.png`, fullPage: true });
      }, charts.join("\n") + own);
    },
  );
}

check(
  "taken out of the page the element closes its connection, put back it opens one",
  async () => {
    await withForeignPage(async (page) => {
      await page.locator("spot-chart[state=live]").waitFor();
      await page.evaluate("chart.remove(); heard.candle.length = 0");
      await page.waitForTimeout(700);
      assert.equal(await page.evaluate("heard.candle.length"), 0);
      await page.evaluate("document.body.append(chart)");
      await page.locator("spot-chart[state=live] .mount[data-drawn]").waitFor();
    });
  },
);

check("shared files - what a browser keeps of them is not sent again", async () => {
  for (
    const path of [
      "/spot-chart.js",
      "/spot-chart.d.ts",
      "/client.js",
      "/client.d.ts",
      "/adapters/rs-charts.js",
    ]
  ) {
    const first = await fetch(site().app.url + path);
    assert.ok((await first.text()).length > 100, path);
    assert.equal(first.headers.get("cache-control"), "no-cache", path);
    const etag = first.headers.get("etag") ?? "";
    const again = await fetch(site().app.url + path, { headers: { "if-none-match": etag } });
    await again.body?.cancel();
    assert.deepEqual([again.status, again.headers.get("cache-control")], [304, "no-cache"], path);
  }
});

check("an element without a product says what it needs", async () => {
  await withForeignPage(async (page) => {
    await page.evaluate("chart.removeAttribute('product')");
    await page.locator("spot-chart[state=error] .note:has-text('needs a product')").waitFor();
  });
});

check(
  "the hypermedia page shows the server's chart, and every new one, without a chart library",
  async () => {
    await site().look("/examples/datastar", async (page) => {
      const bodies = () => page.locator("spot-chart svg").innerHTML();
      const before = await bodies();
      assert.match(before, /BTC-USD/);
      await page.waitForFunction(
        ([html]) => document.querySelector("spot-chart svg")?.innerHTML !== html,
        [before],
      );
      assert.equal(await page.evaluate(() => customElements.get("spot-chart") === undefined), true);
    });
    await site().look("/examples/datastar", async (page) => {
      await page.locator(".connection[data-state=live]:has-text('Live')").waitFor();
      // As an island does that is rendered when the stream is open already.
      await page.evaluate(() => {
        const badge = document.querySelector(".connection");
        badge?.setAttribute("data-state", "idle");
        badge?.firstElementChild?.replaceChildren("As of 12:00:00");
      });
      await page.locator(".connection[data-state=live]:has-text('Live')").waitFor();
    });
    await site().look("/examples/datastar", async (page) => {
      await page.getByRole("img", { name: /BTC-USD, 1m candles, last price/ }).waitFor();
    }, { javaScriptEnabled: false });
  },
);
