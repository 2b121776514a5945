import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { check, NO_SCRIPT, siteForTests } from "./site.ts";

const site = siteForTests();

const MINUTES = "/products/BTC-USD?granularity=ONE_MINUTE";
/** The live chart's indicators, and not those of the server's picture behind it. */
const LIVE = ":is(.chart-box > .studies, .pane-studies)";

async function drawn(page: Page): Promise<void> {
  await page.locator(".chart-mount[data-drawn]").waitFor();
}

check(
  "chart - indicators are chosen in the menu, drawn, shown in the legend and kept in the address",
  async () => {
    await site().look(MINUTES, async (page) => {
      await drawn(page);
      await page.getByText("Indicators").click();
      await page.getByRole("checkbox", { name: "Moving average (EMA)" }).check();
      await page.getByRole("checkbox", { name: "RSI" }).check();
      await page.locator(`${LIVE} span:has-text("EMA 21")`).waitFor();
      await page.locator(`${LIVE} span:has-text("RSI 14")`).waitFor();
      await page.getByLabel("Settings of EMA 21").fill("9");
      await page.keyboard.press("Enter");
      await page.locator(`${LIVE} span:has-text("EMA 9")`).waitFor();
      await page.waitForURL(/indicators=ema:9,rsi:14$/);
      await page.reload();
      await drawn(page);
      assert.match(
        (await page.locator(LIVE).allInnerTexts()).join(" "),
        /EMA 9\s*[\d,.]+\s*RSI 14\s*\d+\.\d\d/,
      );
      assert.equal(await page.locator(".chart-box").getAttribute("data-panes"), "1");
      await page.click(".granularities a:text-is('1h')");
      await page.waitForURL("**granularity=ONE_HOUR&indicators=ema:9,rsi:14");
    });
  },
);

check("chart - every indicator is drawn with values, live as by the server alone", async () => {
  const kinds = [
    "sma,ema,vwapbands,bb,keltner,donchian,supertrend,ichimoku",
    "volume,rsi,macd,stoch,adx,atr,mfi,obv",
  ];
  for (const list of kinds) {
    const path = `/products/BTC-USD?granularity=5m&indicators=${list}`;
    const count = list.split(",").length;
    await site().look(path, async (page) => {
      await drawn(page);
      await page.waitForFunction(
        ([live, wanted]) => {
          const rows = [...document.querySelectorAll(`${live} span`)];
          return rows.length === Number(wanted) &&
            rows.every((row) => /\d/.test(row.querySelector("b")?.textContent ?? ""));
        },
        [LIVE, `${count}`],
      );
    });
    await site().look(path, async (page) => {
      const rows = await page.locator(".candle-svg .studies span").allInnerTexts();
      assert.equal(rows.length, count);
      assert.ok(rows.every((row) => /\d/.test(row)), rows.join("\n"));
      assert.ok(await page.locator(".candle-svg path[class^=study]").count() >= count);
    }, NO_SCRIPT);
  }
});

check("chart - the style is chosen, drawn and kept in the address", async () => {
  await site().look(MINUTES, async (page) => {
    await drawn(page);
    for (const style of ["hollow", "bars", "heikin", "line", "area"]) {
      await page.getByLabel("Chart style").selectOption(style);
      await page.waitForURL(new RegExp(`style=${style}$`));
    }
    await page.reload();
    await drawn(page);
    assert.equal(await page.getByLabel("Chart style").inputValue(), "area");
    assert.match(await page.locator(".granularities a").first().getAttribute("href") ?? "", /area/);
  });
});

check("chart - settings that cannot be used are explained, and change nothing", async () => {
  await site().look(`${MINUTES}&indicators=macd`, async (page) => {
    await drawn(page);
    await page.getByText("Indicators").click();
    const settings = page.getByLabel("Settings of MACD 12, 26, 9");
    await settings.fill("30, 26, 9");
    const legend = page.locator(".legend");
    const before = await legend.innerText();
    await until("the chart to move", async () => await legend.innerText() !== before);
    assert.equal(await settings.inputValue(), "30, 26, 9", "what is being typed stays");
    await page.keyboard.press("Enter");
    await page.locator(".menu-problem:has-text('the fast period has to be below')").waitFor();
    assert.equal(await settings.inputValue(), "12, 26, 9");
    await page.waitForURL(/indicators=macd$/);
    await page.getByRole("button", { name: "Another MACD" }).click();
    await page.locator(`${LIVE} span:has-text("MACD 24, 26, 9")`).waitFor();
    await page.waitForURL(/indicators=macd:12:26:9,macd:24:26:9$/);
  });
});

check(
  "chart - settings in the address that do not exist are named, also without script",
  async () => {
    for (const options of [{}, NO_SCRIPT]) {
      await site().look(`${MINUTES}&indicators=foo,rsi&style=round`, async (page) => {
        const problems = page.locator(".chart-problems");
        await problems.waitFor();
        assert.match(await problems.innerText(), /No indicator: “foo”\..*No style: “round”/s);
      }, options);
    }
  },
);

check("chart - other products are compared in percent, live, and kept in the address", async () => {
  const row = (id: string) => `${LIVE} span:has-text("${id}") b`;
  await site().look(`${MINUTES}&compare=ETH-USD,NO-SUCH,BTC-USD`, async (page) => {
    assert.match(
      await page.locator(".chart-problems").innerText(),
      /NO-SUCH.*BTC-USD is not compared with itself/s,
    );
    await drawn(page);
    await page.locator(row("ETH-USD")).filter({ hasText: /[\d.]+%/ }).waitFor();
    const before = await page.locator(row("ETH-USD")).innerText();
    await page.waitForFunction(
      ([selector, text]) => document.querySelector(selector ?? "")?.textContent !== text,
      [":is(.chart-box > .studies) span:nth-child(2) b", before],
    );
    assert.ok(await page.getByRole("button", { name: "Log scale" }).isDisabled());
    await page.locator("summary:has-text('Compare')").click();
    const field = page.getByLabel("Product to compare with");
    await field.fill("nonsense-usd");
    await page.keyboard.press("Enter");
    await page.locator(".menu-problem:has-text('no product “NONSENSE-USD”')").waitFor();
    await field.fill("sol");
    await page.keyboard.press("Enter");
    await page.locator(row("SOL-USD")).filter({ hasText: /[\d.]+%/ }).waitFor();
    await page.waitForURL(/compare=ETH-USD,SOL-USD$/);
    await page.getByRole("button", { name: "Remove ETH-USD" }).click();
    await page.locator(row("ETH-USD")).waitFor({ state: "detached" });
    await page.waitForURL(/compare=SOL-USD$/);
  });
  await site().look(`${MINUTES}&compare=ETH-USD,SOL-USD`, async (page) => {
    assert.equal(await page.locator(".candle-svg path[class*=ink-compare]").count(), 2);
    const rows = await page.locator(".candle-svg .studies span").allInnerTexts();
    assert.ok(rows.length === 3 && rows.every((text) => /%$/.test(text)), rows.join("\n"));
  }, NO_SCRIPT);
});

check("chart - the scale and the clock are chosen, and the address keeps them", async () => {
  await site().look(`${MINUTES}&indicators=rsi`, async (page) => {
    await drawn(page);
    await watchAxes(page);
    await page.getByRole("button", { name: "Log scale" }).click();
    await page.waitForURL(/scale=log$/);
    await page.getByRole("button", { name: "% scale" }).click();
    await page.waitForURL(/scale=percent$/);
    // The prices' pane is the first row; that of the index, below a border, has its own scale.
    await until("an axis in percent", async () => (await axes(page)).percent.length > 0);
    const { percent, plain } = await axes(page);
    assert.deepEqual(percent, [0]);
    assert.ok(plain.includes(2), `texts at the axes of rows ${plain}`);
    const utc = await page.locator(".legend span").first().innerText();
    assert.match(utc, /\d\d:\d\d UTC$/);
    await page.getByRole("button", { name: "Local time" }).click();
    await page.waitForURL(/scale=percent&zone=local$/);
    await page.locator(".legend span").first().filter({ hasNotText: "UTC" }).waitFor();
    const local = await page.locator(".legend span").first().innerText();
    assert.equal(hourOf(local), (hourOf(utc) + 13) % 24);
  }, { timezoneId: "Pacific/Tongatapu" });
});

/** Notes from here on which rows of the chart have texts at their axes, in percent and else. */
async function watchAxes(page: Page): Promise<void> {
  await page.evaluate(() => {
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
      const row = this.canvas.closest("tr");
      if (row !== null && text.endsWith("%")) row.dataset.percent = "";
      else if (row !== null) row.dataset.plain = "";
      draw.call(this, text, ...place);
    };
  });
}

async function axes(page: Page) {
  return await page.locator(".chart-mount tr").evaluateAll((rows) => ({
    percent: rows.flatMap((row, at) => row.hasAttribute("data-percent") ? [at] : []),
    plain: rows.flatMap((row, at) => row.hasAttribute("data-plain") ? [at] : []),
  }));
}

check(
  "chart - on a slow device too, older candles are requested once it is moved, not before",
  async () => {
    await site().look("/healthz", async (page) => {
      const older: string[] = [];
      page.on("request", (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname === "/api/candles" && !searchParams.has("start")) older.push(request.url());
      });
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: 8 });
      await page.goto(site().app.url + MINUTES);
      await drawn(page);
      await page.waitForTimeout(500);
      assert.deepEqual(older, []);
      await page.locator(".chart-mount").focus();
      for (let press = 0; press < 4; press++) await page.keyboard.press("Shift+ArrowLeft");
      await until("an older page", () => older.length > 0);
    });
  },
);

check(
  "chart - the keyboard moves it into the past and back, and no candle is requested twice",
  async () => {
    const requested: string[] = [];
    await site().look("/", async (page) => {
      page.on("request", (request) => {
        if (request.url().includes("/api/candles?")) requested.push(request.url());
      });
      await page.goto(site().app.url + MINUTES);
      await drawn(page);
      const chart = page.getByRole("application", { name: /Live chart of BTC-USD/ });
      const older = page.waitForResponse((answer) => answer.url().includes("/api/candles?"));
      await chart.focus();
      for (let press = 0; press < 4; press++) await page.keyboard.press("Shift+ArrowLeft");
      assert.equal((await older).status(), 200);
      await page.keyboard.press("-");
      await page.keyboard.press("+");
      await page.keyboard.press("Home");
      await page.keyboard.press("End");
      assert.deepEqual(requested, [...new Set(requested)]);
      assert.ok(requested.length > 0);
    });
  },
);

check("chart - it is saved as a picture, and fills the screen", async () => {
  await site().look(MINUTES, async (page) => {
    await drawn(page);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save a picture" }).click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^BTC-USD-ONE_MINUTE-.*\.png$/);
    const bytes = await Deno.readFile(await file.path());
    assert.deepEqual(
      [...bytes.subarray(1, 4)].map((code) => String.fromCharCode(code)).join(""),
      "PNG",
    );
    assert.ok(bytes.length > 5000, `${bytes.length} bytes`);
    await page.getByRole("button", { name: "Full screen" }).click();
    await page.waitForFunction(() => document.fullscreenElement !== null);
  });
});

/** Multiples as people write them, the names they have, and their lengths in seconds. */
const MULTIPLES = [
  ["FOUR_HOUR", "4h", "FOUR_HOUR", 14_400],
  ["77m", "77m", "77m", 4620],
  ["259200", "3d", "THREE_DAY", 259_200],
] as const;

for (const [written, short, name, seconds] of MULTIPLES) {
  check(
    `chart - a multiple written ${written} is live in chart, legend, table and price`,
    async () => {
      const path = `/products/BTC-USD?granularity=${written}`;
      await site().look(path, async (page) => {
        await drawn(page);
        const current = page.locator(".granularities a[aria-current]");
        assert.deepEqual(await current.allInnerTexts(), [short]);
        const newest = page.locator(".candle-table tbody tr").first();
        const start = Date.parse(await newest.locator("time").getAttribute("datetime") ?? "") /
          1000;
        assert.equal(start % seconds, 0);
        assert.ok(start > Date.now() / 1000 - seconds - 60, "it is the live one");
        assert.equal(
          await page.locator(".legend span").first().innerText(),
          `${await newest.locator("time").innerText()} UTC`,
        );
        const query = `product=BTC-USD&granularity=${name}&start=${start}`;
        const open = () => newest.locator("td").first().innerText();
        const close = () => newest.locator("td").nth(3).innerText();
        const before = await close();
        await until("a live candle", async () => await close() !== before);
        const { candles } = await (await fetch(`${site().app.url}/api/candles?${query}`)).json();
        const shown = Number((await open()).replaceAll(",", ""));
        assert.deepEqual([candles[0].granularity, candles[0].open], [name, shown]);
        await until("the newest price", async () => {
          const [price = "", row] = [
            await page.locator(".quote strong").innerText(),
            await close(),
          ];
          return price.replace("$", "") === row;
        });
        await page.getByRole("button", { name: "Log scale" }).click();
        await page.waitForURL(new RegExp(`granularity=${name}&scale=log$`));
      });
      await site().look(path, async (page) => {
        await page.getByRole("img", { name: /candles from .* last price/ }).waitFor();
        assert.deepEqual(await page.locator(".granularities a[aria-current]").allInnerTexts(), [
          short,
        ]);
        assert.ok(await page.locator(".candle-table tbody tr").count() > 1);
      }, NO_SCRIPT);
    },
  );
}

check("chart - the time until the candle closes is shown", async () => {
  await site().look(MINUTES, async (page) => {
    const timer = page.getByRole("timer");
    await page.waitForFunction(() =>
      /in 0:[0-5]\d|in 1:00/.test(document.querySelector("[role=timer]")?.textContent ?? "")
    );
    const before = await timer.innerText();
    await page.waitForFunction(
      ([text]) => document.querySelector("[role=timer]")?.textContent !== text,
      [before],
    );
  });
});

function hourOf(text: string): number {
  return Number(/(\d\d):\d\d/.exec(text)?.[1]);
}
