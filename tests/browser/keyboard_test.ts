import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { check, siteForTests } from "./site.ts";

const site = siteForTests();

/** What has the focus: its accessible text, and whether one sees that it has it. */
async function focused(page: Page): Promise<{ readonly name: string; readonly isSeen: boolean }> {
  return await page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return { name: "", isSeen: true };
    const name = element.getAttribute("aria-label") ?? element.textContent ?? "";
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const after = getComputedStyle(element, "::after");
    const row = element.closest("tr");
    const around = row && getComputedStyle(row);
    const rings = [
      outlineStyle !== "none" && outlineWidth !== "0px",
      boxShadow !== "none",
      after.outlineStyle !== "none" && after.outlineWidth !== "0px",
      around !== null && around.outlineStyle !== "none",
    ];
    const { width, height, top, bottom } = element.getBoundingClientRect();
    const isThere = width > 0 && height > 0 && bottom > 0 && top < innerHeight;
    return { name: name.trim(), isSeen: isThere && rings.includes(true) };
  });
}

/**
 * Presses the Tab key until the focused element has this name; every stop in between must be
 * visible.
 */
async function tabTo(page: Page, name: RegExp, most = 40): Promise<readonly string[]> {
  const stops: string[] = [];
  for (let press = 0; press < most; press++) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    assert.ok(stop.isSeen, `the focus on "${stop.name}" is not seen`);
    stops.push(stop.name);
    if (name.test(stop.name)) return stops;
  }
  throw new Error(`Tab never came to ${name}, but to: ${stops.join(" | ")}`);
}

check(
  "keyboard - by it alone one skips to the markets, orders them, finds a product and opens it",
  async () => {
    await site().look("/", async (page) => {
      await page.locator(".connection[data-state=live]").waitFor();
      assert.deepEqual(await tabTo(page, /Skip to content/), ["Skip to content"]);
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
      await tabTo(page, /^24 h change/);
      await page.keyboard.press("Enter");
      await page.waitForURL("**sort=change**");
      await page.locator(".connection[data-state=live]").waitFor();
      await page.keyboard.press("s");
      await page.keyboard.type("ethereum");
      await page.keyboard.press("ArrowDown");
      assert.ok((await focused(page)).isSeen);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/products/ETH-USD");
    });
  },
);

check(
  "keyboard - by it alone one chooses a granularity and an indicator and moves the chart",
  async () => {
    await site().look("/products/BTC-USD", async (page) => {
      await page.locator(".chart-mount[data-drawn]").waitFor();
      await tabTo(page, /^1m$/);
      await page.keyboard.press("Enter");
      await page.waitForURL("**granularity=ONE_MINUTE");
      await page.locator(".chart-mount[data-drawn]").waitFor();
      await tabTo(page, /^Indicators$/);
      await page.keyboard.press("Enter");
      await page.getByRole("checkbox", { name: "Moving average (SMA)" }).waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await page.locator(".studies span:has-text('SMA')").waitFor();
      await tabTo(page, /^Log scale$/);
      await page.keyboard.press("Enter");
      await page.waitForURL("**scale=log");
      await tabTo(page, /^Live chart of BTC-USD/);
      const older = page.waitForResponse((answer) => answer.url().includes("/api/candles?"));
      for (let press = 0; press < 4; press++) await page.keyboard.press("Shift+ArrowLeft");
      await older;
      await page.keyboard.press("End");
      // Nothing traps the focus: it continues through the table to the foot of the page.
      await tabTo(page, /TradingView/);
    });
  },
);

check("keyboard - Escape closes the indicator menu and gives the focus back", async () => {
  await site().look("/products/BTC-USD", async (page) => {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    await tabTo(page, /^Indicators$/);
    await page.keyboard.press("Enter");
    await page.getByRole("checkbox", { name: "Moving average (SMA)" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    const menu = page.locator(".menu", { has: page.locator("summary", { hasText: "Indicators" }) });
    assert.equal(await menu.getAttribute("open"), null);
    assert.match((await focused(page)).name, /^Indicators/);
  });
});

check(
  "keyboard - alerts, drawings, workspaces and charts are deleted without losing the focus",
  async () => {
    await site().look("/alerts?product=BTC-USD&kind=price&value=70000", async (page) => {
      const set = page.getByRole("button", { name: "Set alert" });
      for (const value of ["70000", "71000"]) {
        await page.getByLabel("Price").fill(value);
        await set.click();
        await page.getByText("Set.", { exact: true }).waitFor();
      }
      await page.getByRole("button", { name: /^Edit: .*70,000/ }).press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "alert-product");
      await page.getByLabel("Price").fill("72000");
      await page.getByRole("button", { name: "Save" }).press("Enter");
      await focusOn(page, /^Edit: .*72,000/);
      await page.getByRole("button", { name: /^Edit: .*71,000/ }).press("Enter");
      await page.getByRole("button", { name: "Cancel" }).press("Enter");
      await focusOn(page, /^Edit: .*71,000/);
      await page.getByRole("button", { name: /^Delete: .*72,000/ }).press("Enter");
      await focusOn(page, /^Delete: .*71,000/);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "alert-product");
    });
    await site().look("/products/BTC-USD", async (page) => {
      await page.locator(".chart-mount[data-drawn]").waitFor();
      const menu = page.locator(".draw-menu summary");
      for (const tool of ["Trend line", "Rectangle"]) {
        await menu.press("Enter");
        await page.getByRole("button", { name: tool, exact: true }).press("Enter");
        await page.locator(".drawing-bar[data-shown]").waitFor();
      }
      await menu.press("Enter");
      await page.getByRole("button", { name: "Delete Trend line" }).press("Enter");
      await focusOn(page, /^Delete Rectangle/);
      await page.keyboard.press("Enter");
      await focusOn(page, /^Horizontal line/);
    });
    await site().look("/workspace?chart=BTC-USD/5m&chart=ETH-USD/5m", async (page) => {
      await page.locator(".chart-mount[data-drawn]").nth(1).waitFor();
      await page.locator(".saved-menu summary").press("Enter");
      const name = page.getByLabel("Save this workspace as");
      for (const one of ["first", "second"]) {
        await name.fill(one);
        await name.press("Enter");
        await page.getByText(`${one} is saved.`).waitFor();
      }
      await page.getByRole("button", { name: "Delete first" }).press("Enter");
      await focusOn(page, /^Delete second/);
      await page.keyboard.press("Enter");
      await focusOn(page, /^Save this workspace as/);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Remove chart 1" }).press("Enter");
      await focusOn(page, /^Live chart of ETH-USD/);
    });
  },
);

/** Waits until the element of this name has the focus. */
async function focusOn(page: Page, name: RegExp): Promise<void> {
  await page.waitForFunction(
    ([source = ""]) =>
      new RegExp(source).test(
        (document.activeElement?.getAttribute("aria-label") ??
          document.activeElement?.textContent ?? "").trim(),
      ),
    [name.source],
  );
}
