import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { check, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests();

const ONE_CHART =
  '<spot-chart product="BTC-USD" granularity="ONE_MINUTE" indicators="ema:9">as yet nothing</spot-chart>';

/** A page of another origin with the element in it. */
async function withForeignPage(
  use: (page: Page) => Promise<void>,
  body = ONE_CHART,
  expected: readonly RegExp[] = [],
): Promise<void> {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A foreign page</title>
    <script type="module" src="${site().app.url}/spot-chart.js"></script>
    ${body}
    <script>
      const chart = document.querySelector("spot-chart");
      window.heard = { candle: [], statechange: [], error: [] };
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
    const unexpected = complaints.filter((text) => !expected.some((each) => each.test(text)));
    assert.deepEqual(unexpected, []);
    for (const each of expected) assert.ok(complaints.some((text) => each.test(text)), `${each}`);
  } finally {
    await close();
    await server.shutdown();
  }
}

check(
  "embed - on a foreign page the element draws, goes live, sends candle events and follows its attributes",
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
    `embed - ${count} charts on a foreign page and the page's own follower are live over one connection`,
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
          const mount = page.locator("spot-chart").nth(at).locator(".mount[data-drawn]");
          await mount.waitFor();
          assert.ok(
            ((await mount.boundingBox())?.height ?? 0) > 80,
            "whatever box the page makes of it",
          );
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
  "embed - taken out of the page the element closes its connection, put back it opens one",
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

function chartOf(attributes: string): string {
  return `<spot-chart ${attributes}>as yet nothing</spot-chart>`;
}

/** Attributes that can be no chart, and the errors shown for them. */
const WRONG = [
  ['granularity="ONE_MINUTE"', "product", /^This chart needs a product: BASE-QUOTE/],
  ['product="x y"', "product", /^No product id: “x y”: BASE-QUOTE/],
  ['product="NOPE-USD"', "product", /NOPE-USD/],
  [
    'product="BTC-USD" granularity="EVER"',
    "granularity",
    /^No granularity: “EVER”. It is a stored/,
  ],
] as const;

check(
  "embed - wrong attributes are reported on the chart, in the console and in an event, and not requested again",
  async () => {
    // Together, since each waits for a while to see nothing.
    await Promise.all(WRONG.map(reportsWrong));
  },
);

async function reportsWrong(
  [attributes, attribute, message]: readonly [string, string, RegExp],
): Promise<void> {
  const expected = [/<spot-chart> /, ...(attributes.includes("NOPE") ? [/status of 404/] : [])];
  await withForeignPage(
    async (page) => {
      await page.locator("spot-chart[state=error] .note:not(:empty)").waitFor();
      const note = await page.locator("spot-chart .note").innerText();
      assert.match(note, message);
      const [error] = await page.evaluate<{ attribute: string; message: string }[]>("heard.error");
      assert.deepEqual(error, { attribute, message: note });
      let requests = 0;
      page.on("request", () => requests++);
      // Longer than a server is left alone that cannot be reached.
      await page.waitForTimeout(5500);
      assert.equal(requests, 0, attributes);
      const shown = Deno.env.get("SCREENSHOTS");
      if (shown) await page.screenshot({ path: `${shown}/wrong-${attribute}.png` });
    },
    chartOf(attributes),
    expected,
  );
}

check("embed - an unknown indicator is named, and the others are drawn", async () => {
  await withForeignPage(
    async (page) => {
      await page.locator("spot-chart[state=live] .mount[data-drawn]").waitFor();
      await page.locator("spot-chart .legend:has-text('RSI 14')").waitFor();
      await page.locator("spot-chart .note:has-text('No indicator: “foo:3”')").waitFor();
      const [mount, note, credit] = await Promise.all(
        [".mount", ".note", ".credit"].map((part) =>
          page.locator(`spot-chart ${part}`).boundingBox()
        ),
      );
      assert.ok(mount && note && credit);
      assert.ok(mount.y + mount.height <= note.y + 0.5, "its text covers nothing of the chart");
      assert.ok(note.y + note.height <= credit.y + 0.5, "and not the attribution");
      await page.evaluate("chart.setAttribute('indicators', 'rsi')");
      await page.locator("spot-chart .note:empty").waitFor({ state: "attached" });
    },
    chartOf('product="BTC-USD" indicators="rsi,foo:3"'),
    [/No indicator: “foo:3”/],
  );
});

for (
  const [granularity, name, seconds] of [["FOUR_HOUR", "4h", 14400], ["7m", "7m", 420]] as const
) {
  check(
    `embed - a multiple such as ${granularity} is live, merged out of what the stream has`,
    async () => {
      await withForeignPage(async (page) => {
        await page.locator("spot-chart[state=live] .mount[data-drawn]").waitFor();
        await page.locator(`spot-chart .legend .name:text-is("BTC-USD · ${name}")`).waitFor();
        await page.waitForFunction("heard.candle.length > 2");
        const candles = await page.evaluate<
          { timestamp: number; granularity: string; open: number }[]
        >("heard.candle");
        const last = candles.at(-1);
        assert.ok(last);
        assert.equal(last.timestamp % seconds, 0);
        const query = `product=BTC-USD&granularity=${granularity}&start=${last.timestamp}&limit=1`;
        const answer = await fetch(`${site().app.url}/api/candles?${query}`);
        const [same] = (await answer.json()).candles;
        assert.deepEqual([last.granularity, last.open], [same.granularity, same.open]);
      }, chartOf(`product="BTC-USD" granularity="${granularity}"`));
    },
  );
}

check("embed - at 320 px the legend covers no candle and the attribution no volume", async () => {
  await withForeignPage(async (page) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.locator("spot-chart[state=live] .mount[data-drawn]").waitFor();
    await page.locator("spot-chart .legend:has-text('Bollinger')").waitFor();
    const box = async (part: string) => {
      const found = await page.locator(`spot-chart .${part}`).boundingBox();
      assert.ok(found, part);
      return found;
    };
    const [legend, mount, credit] = [await box("legend"), await box("mount"), await box("credit")];
    assert.ok(legend.y + legend.height <= mount.y + 0.5, "the legend is above");
    assert.ok(mount.y + mount.height <= credit.y + 0.5, "the attribution is below");
    assert.ok(mount.height > 150 && mount.width <= 320, `${mount.width} by ${mount.height}`);
    assert.ok(await page.evaluate<number>("document.documentElement.scrollWidth") <= 320);
    const shown = Deno.env.get("SCREENSHOTS");
    if (shown) await page.screenshot({ path: `${shown}/narrow.png` });
  }, chartOf('product="BTC-USD" indicators="ema:9,bb:20:2,vwap"'));
});

check(
  "embed - the hypermedia page shows the server's chart, and every new one, without a chart library",
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
