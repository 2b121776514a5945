import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { check, NO_SCRIPT, siteForTests } from "./site.ts";

const site = siteForTests();

const CHART = "/products/BTC-USD?granularity=ONE_MINUTE&indicators=ema:21,rsi";
const NINE = ["1m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "1d"]
  .map((length) => `chart=BTC-USD/${length}`).join("&");
const PATHS = ["/", CHART, `/workspace?${NINE}`, "/status", "/alerts", "/shortcuts"];

/** The width of A4 paper within its margins, in CSS pixels, and of the same paper turned. */
const WIDTHS = [703, 1032];

for (const [how, options] of [["without script", NO_SCRIPT], ["with script", {}]] as const) {
  check(`print - ink on white, no controls, the address, and nothing is cut: ${how}`, async () => {
    for (const path of PATHS) {
      await site().look(path, async (page) => {
        if (how === "with script" && (await page.locator(".chart-mount").count()) > 0) {
          await page.locator(".chart-mount[data-drawn]").first().waitFor();
        }
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 1000 });
          await page.emulateMedia({ media: "print", colorScheme: "dark" });
          assert.deepEqual(await faults(page), [], `${path} at ${width}`);
          await page.emulateMedia({ media: "screen", colorScheme: "dark" });
        }
        const printed = page.locator(".printed");
        assert.equal(await printed.isVisible(), false);
        const text = await printed.getAttribute("data-text");
        assert.ok(
          text?.includes(path) && /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/.test(text),
          `${text}`,
        );
      }, { ...options, colorScheme: "dark" });
    }
  });
}

check("print - a live chart is printed as it is on the screen, in the light theme", async () => {
  await site().look(CHART, async (page) => {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    await page.evaluate(() => {
      document.cookie = "theme=dark; path=/";
    });
    await page.reload();
    await page.locator(".chart-mount[data-drawn]").waitFor();
    // The browser's own printing sends the events.
    await page.evaluate(() => {
      addEventListener("beforeprint", () => {
        const picture = document.querySelector<HTMLCanvasElement>("canvas.on-paper");
        const context = picture?.getContext("2d");
        if (picture == null || context == null) return;
        const { data } = context.getImageData(0, 0, picture.width, picture.height);
        let dark = 0;
        for (let at = 0; at < data.length; at += 4) dark += Number((data[at] ?? 0) < 128);
        document.body.dataset.dark = `${dark / (data.length / 4)}`;
      });
    });
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 10_000);
    const dark = Number(await page.evaluate(() => document.body.dataset.dark));
    assert.ok(dark > 0.001 && dark < 0.2, `${dark} of the picture is dark`);
    assert.equal(await page.locator(".on-paper").count(), 0, "it is removed afterwards");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "night");
  });
});

/** What should not be on paper: another ground than white, controls, and what is cut at its edges. */
async function faults(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => {
    const found: string[] = [];
    const ground = getComputedStyle(document.documentElement).backgroundColor;
    if (ground !== "rgb(255, 255, 255)") found.push(`the ground is ${ground}`);
    const look = { visibilityProperty: true };
    for (const one of document.querySelectorAll("button:not(.hint > *), input, select, summary")) {
      if (one.checkVisibility(look)) found.push(`visible: ${one.outerHTML.slice(0, 80)}`);
    }
    if (document.querySelector(".printed")?.checkVisibility(look) !== true) {
      found.push("no address");
    }
    const width = document.documentElement.clientWidth;
    for (const one of document.querySelectorAll("td, th, dd, .tile, .candle-svg, .panel")) {
      if (!one.checkVisibility(look)) continue;
      const { left, right } = one.getBoundingClientRect();
      if (left < -1 || right > width + 1) {
        found.push(`cut: ${one.outerHTML.slice(0, 80)} from ${left} to ${right} of ${width}`);
      }
    }
    return found.slice(0, 10);
  });
}
