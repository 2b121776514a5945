import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { check, NO_SCRIPT, siteForTests } from "./site.ts";

const site = siteForTests();

const MINUTES = "/products/BTC-USD?granularity=ONE_MINUTE";

async function drawn(page: Page): Promise<void> {
  await page.locator(".chart-mount[data-drawn]").waitFor();
}

check(
  "indicators are chosen in the menu, drawn, told in the legend and kept in the address",
  async () => {
    await site().look(MINUTES, async (page) => {
      await drawn(page);
      await page.getByText("Indicators").click();
      await page.getByRole("checkbox", { name: "Moving average (EMA)" }).check();
      await page.getByRole("checkbox", { name: "RSI" }).check();
      await page.locator(".studies span:has-text('EMA 21')").waitFor();
      await page.locator(".studies span:has-text('RSI 14')").waitFor();
      await page.getByLabel("Settings of EMA 21").fill("9");
      await page.keyboard.press("Enter");
      await page.locator(".studies span:has-text('EMA 9')").waitFor();
      assert.match(page.url(), /indicators=ema:9,rsi:14$/);
      await page.reload();
      await drawn(page);
      assert.match(
        await page.locator(".studies").innerText(),
        /EMA 9\s*[\d,.]+\s*RSI 14\s*\d+\.\d\d/,
      );
      assert.equal(await page.locator(".chart-box").getAttribute("data-panes"), "1");
      await page.click(".granularities a:text-is('1h')");
      await page.waitForURL("**granularity=ONE_HOUR&indicators=ema:9,rsi:14");
    });
  },
);

check("the scale and the clock are chosen, and the address keeps them", async () => {
  await site().look(MINUTES, async (page) => {
    await drawn(page);
    await page.getByRole("button", { name: "Log scale" }).click();
    assert.match(page.url(), /scale=log$/);
    await page.getByRole("button", { name: "% scale" }).click();
    assert.match(page.url(), /scale=percent$/);
    const utc = await page.locator(".legend span").first().innerText();
    assert.match(utc, /\d\d:\d\d UTC$/);
    await page.getByRole("button", { name: "Local time" }).click();
    assert.match(page.url(), /scale=percent&zone=local$/);
    const local = await page.locator(".legend span").first().innerText();
    assert.doesNotMatch(local, /UTC/);
    assert.equal(hourOf(local), (hourOf(utc) + 13) % 24);
  }, { timezoneId: "Pacific/Tongatapu" });
});

check(
  "the keyboard moves the chart into the past and back, and no candle is asked for twice",
  async () => {
    const asked: string[] = [];
    await site().look("/", async (page) => {
      page.on("request", (request) => {
        if (request.url().includes("/api/candles?")) asked.push(request.url());
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
      assert.deepEqual(asked, [...new Set(asked)]);
      assert.ok(asked.length > 0);
    });
  },
);

check("the chart is saved as a picture, and fills the screen", async () => {
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
        assert.match(page.url(), new RegExp(`granularity=${name}&scale=log$`));
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

check("it says how long the candle still runs", async () => {
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
