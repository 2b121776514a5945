import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { check, siteForTests } from "./site.ts";

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
