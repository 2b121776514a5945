import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { readAlert } from "../../lib/alerts/alert.ts";
import { parseDrawings } from "../../lib/drawings/stored_drawings.ts";
import { until } from "../harness/wait.ts";
import { check, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests();

const HOURS = "/products/BTC-USD?granularity=ONE_MINUTE";
const TITLES = [
  "Horizontal line",
  "Trend line",
  "Ray",
  "Rectangle",
  "Fibonacci retracement",
  "Text",
] as const;

async function drawn(page: Page): Promise<void> {
  await page.locator(".chart-mount[data-drawn]").waitFor();
}

async function kept(page: Page, key = "drawings:BTC-USD") {
  return parseDrawings(await page.evaluate((name) => localStorage.getItem(name), key));
}

/** A place of the plot, as parts of the chart's width and height. */
async function place(page: Page, x: number, y: number): Promise<readonly [number, number]> {
  const box = await page.locator(".chart-mount").boundingBox();
  assert.ok(box !== null);
  return [box.x + box.width * x, box.y + box.height * y];
}

/** Opens the menu, whose tools are loaded the first time. */
async function openMenu(page: Page): Promise<Locator> {
  const menu = page.locator(".draw-menu");
  if (!await menu.evaluate((element) => element.hasAttribute("open"))) {
    await menu.locator("summary").click();
  }
  await menu.getByRole("group", { name: "Drawing tools" }).waitFor();
  return menu;
}

async function choose(page: Page, title: string): Promise<void> {
  const menu = await openMenu(page);
  await menu.getByRole("button", { name: title, exact: true }).click();
}

type Parts = readonly [number, number];

async function drag(page: Page, from: Parts, to: Parts): Promise<void> {
  await page.mouse.move(...await place(page, ...from));
  await page.mouse.down();
  await page.mouse.move(...await place(page, ...to), { steps: 4 });
  await page.mouse.up();
}

/** How many pixels of a picture have the colour of what is drawn. */
async function inkIn(page: Page, png: Uint8Array): Promise<number> {
  const base64 = btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""));
  return await page.evaluate(async (data) => {
    const mount = document.querySelector(".chart-mount");
    const picture = new Image();
    picture.src = `data:image/png;base64,${data}`;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = picture.height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null || mount === null) return -1;
    context.fillStyle = getComputedStyle(mount).getPropertyValue("--drawing-ink").trim();
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    context.drawImage(picture, 0, 0);
    const { data: bytes } = context.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < bytes.length; at += 4) {
      const isInk = Math.abs((bytes[at] ?? 0) - red) < 6 &&
        Math.abs((bytes[at + 1] ?? 0) - green) < 6 && Math.abs((bytes[at + 2] ?? 0) - blue) < 6;
      if (isInk) count++;
    }
    return count;
  }, base64);
}

async function picture(page: Page): Promise<Uint8Array> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save a picture" }).click();
  return await Deno.readFile(await (await download).path());
}

check(
  "drawings - each kind is drawn, moved, kept, pictured and deleted by mouse and keys",
  async () => {
    const scripts: string[] = [];
    await site().look("/healthz", async (page) => {
      page.on("request", (request) => {
        if (request.resourceType() === "script") scripts.push(request.url());
      });
      await page.goto(site().app.url + HOURS);
      await drawn(page);
      const before = scripts.length;
      const without = await inkIn(page, await picture(page));
      await openMenu(page);
      assert.ok(scripts.length > before, "the tools are loaded when they are first wanted");
      await page.getByRole("checkbox", { name: /Snap to/ }).uncheck();

      // Each kind by mouse.
      const ends: readonly (readonly [Parts, Parts])[] = [
        [[0.3, 0.12], [0.3, 0.12]],
        [[0.1, 0.3], [0.25, 0.2]],
        [[0.3, 0.35], [0.4, 0.3]],
        [[0.45, 0.2], [0.55, 0.4]],
        [[0.6, 0.25], [0.7, 0.6]],
        [[0.1, 0.7], [0.1, 0.7]],
      ];
      for (const [at, title] of TITLES.entries()) {
        await choose(page, title);
        const [from, to] = ends[at] ?? [[0.5, 0.5], [0.5, 0.5]];
        await drag(page, from, to);
        await until(title, async () => (await kept(page)).length === at + 1);
      }
      assert.deepEqual((await kept(page)).map(({ kind }) => kind), [
        "horizontal",
        "trend",
        "ray",
        "rectangle",
        "fibonacci",
        "text",
      ]);
      await page.getByLabel("Words of the text").fill("Support");
      await until("the words", async () => (await kept(page)).at(-1)?.text === "Support");
      await page.keyboard.press("Enter");

      // The picture has them.
      const inked = await inkIn(page, await picture(page));
      assert.ok(inked > without + 1000, `${without} pixels without, ${inked} with drawings`);

      // A trend line by two clicks instead of a drag; Escape ends what is begun.
      await choose(page, "Trend line");
      await page.mouse.click(...await place(page, 0.2, 0.8));
      await page.getByText("click its other end").waitFor();
      await page.keyboard.press("Escape");
      await page.mouse.click(...await place(page, 0.2, 0.8));
      await page.mouse.click(...await place(page, 0.3, 0.75));
      await until("seven", async () => (await kept(page)).length === 7);

      // Moved by mouse: as a whole, and by one end. The chart stays.
      const [line] = (await kept(page)).slice(-1);
      assert.ok(line !== undefined);
      await drag(page, [0.25, 0.775], [0.25, 0.7]);
      await until("a moved line", async () => {
        const [now] = (await kept(page)).slice(-1);
        return line.anchors.every(({ price, time }, at) => {
          const anchor = now?.anchors[at];
          return anchor !== undefined && anchor.price > price && Math.abs(anchor.time - time) < 60;
        });
      });
      const [whole] = (await kept(page)).slice(-1);
      await drag(page, [0.3, 0.675], [0.35, 0.6]);
      await until("a moved end", async () => {
        const [now] = (await kept(page)).slice(-1);
        return now?.anchors[1]?.price !== whole?.anchors[1]?.price;
      });
      const [ended] = (await kept(page)).slice(-1);
      assert.deepEqual(ended?.anchors[0], whole?.anchors[0]);

      // By keys: up moves prices alone, right times alone, by a candle; Enter chooses an end.
      const chart = page.getByRole("application", { name: /Live chart of BTC-USD/ });
      assert.ok(await chart.evaluate((element) => element === document.activeElement));
      await page.keyboard.press("ArrowUp");
      const [up] = (await kept(page)).slice(-1);
      assert.ok((up?.anchors[0]?.price ?? 0) > (ended?.anchors[0]?.price ?? Infinity));
      assert.equal(up?.anchors[0]?.time, ended?.anchors[0]?.time);
      await page.keyboard.press("ArrowRight");
      const [right] = (await kept(page)).slice(-1);
      assert.equal((right?.anchors[0]?.time ?? 0) - (up?.anchors[0]?.time ?? 0), 60);
      assert.equal(right?.anchors[0]?.price, up?.anchors[0]?.price);
      await page.keyboard.press("Enter");
      await page.getByText("Trend line, end 1").waitFor();
      await page.keyboard.press("Shift+ArrowDown");
      const [one] = (await kept(page)).slice(-1);
      assert.deepEqual(one?.anchors[1], right?.anchors[1]);
      assert.notDeepEqual(one?.anchors[0], right?.anchors[0]);
      await page.keyboard.press("Delete");
      await until("one fewer", async () => (await kept(page)).length === 6);

      // A tool chosen with a key draws in sight; Escape lets the arrows move the chart again.
      const menu = await openMenu(page);
      await menu.getByRole("button", { name: "Horizontal line" }).first().focus();
      await page.keyboard.press("Enter");
      await until("drawn by key", async () => (await kept(page)).length === 7);
      await page.keyboard.press("Escape");
      const still = await kept(page);
      await page.keyboard.press("ArrowLeft");
      assert.deepEqual(await kept(page), still);

      // They are there after a reload, in another tab and at another length of candles, and no other product's.
      await page.reload();
      await drawn(page);
      await page.locator(".draw-menu .count", { hasText: "7" }).waitFor();
      assert.ok(await inkIn(page, await picture(page)) > without + 1000);
      const tab = await page.context().newPage();
      await tab.goto(`${site().app.url}/products/BTC-USD?granularity=FIVE_MINUTE`);
      await tab.locator(".draw-menu .count", { hasText: "7" }).waitFor();
      await (await openMenu(tab)).getByRole("button", { name: "Delete Support" }).click();
      await page.locator(".draw-menu .count", { hasText: "6" }).waitFor();
      await tab.goto(`${site().app.url}/products/ETH-USD?granularity=ONE_MINUTE`);
      await drawn(tab);
      await openMenu(tab);
      assert.equal(await tab.locator(".draw-menu .count").count(), 0);
      await tab.close();

      // All of them.
      await (await openMenu(page)).getByRole("button", { name: "Delete all" }).click();
      await until("none", async () => (await kept(page)).length === 0);
      await page.keyboard.press("Escape");
      await page.mouse.move(1, 1);
      let left = -1;
      await until(
        `no ink: ${without} at first`,
        async () => (left = await inkIn(page, await picture(page))) < without + 500,
      ).catch((error) => assert.fail(`${left} pixels of ink, ${without} at first: ${error}`));
    });
  },
);

check("drawings - an anchor snaps to the open, high, low or close of its candle", async () => {
  await site().look(HOURS, async (page) => {
    await drawn(page);
    await choose(page, "Horizontal line");
    // Over a candle of the past: at its close, which the crosshair's legend shows.
    const [x, y] = await place(page, 0.4, 0.5);
    const box = await page.locator(".chart-mount").boundingBox();
    assert.ok(box !== null);
    const legend = page.locator(".legend");
    const newest = await legend.locator("span").first().innerText();
    await page.mouse.move(x, y);
    await legend.locator("span").first().filter({ hasNotText: newest }).waitFor();
    // Down the column until it snaps: somewhere in it are the four prices.
    let snappedTo: number | null = null;
    const prices = (await legend.innerText()).match(/(?<=[OHLC]\s)[\d,.]+/g)
      ?.map((price) => Number(price.replaceAll(",", ""))) ?? [];
    assert.equal(prices.length, 4, await legend.innerText());
    for (let part = 0.02; part < 0.9 && snappedTo === null; part += 0.04) {
      await page.mouse.click(x, box.y + box.height * part);
      const [line] = (await kept(page)).slice(-1);
      const price = line?.anchors[0]?.price ?? 0;
      if (prices.some((one) => Math.abs(one - price) < 1e-9)) snappedTo = price;
      else {
        await page.keyboard.press("Delete");
        await choose(page, "Horizontal line");
        await page.mouse.move(x, y);
      }
    }
    assert.ok(snappedTo !== null, `none of ${prices.join(", ")}`);
  });
});

check(
  "drawings - an alert at a line is set by keys, once for each line, moves with it and is deleted with it",
  async () => {
    await site().look(HOURS, async (page) => {
      const alerts = () =>
        page.evaluate(() => localStorage.getItem("alerts")).then((text) => JSON.parse(text ?? "[]"))
          .then((all: unknown[]) => all.map(readAlert));
      const drawByKey = async (title: string) => {
        const menu = await openMenu(page);
        await menu.getByRole("group").getByRole("button", { name: title, exact: true })
          .press("Enter");
        await page.locator(".drawing-bar p", { hasText: title }).waitFor();
      };
      await drawn(page);
      const alert = page.locator(".drawing-bar").getByRole("button", { name: "Alert" });
      await drawByKey("Trend line");
      // From the chart, which has the focus, the bar's first button is the next stop, except for
      // the mark of the exact past.
      const focused = page.locator(":focus");
      await page.keyboard.press("Tab");
      if (await focused.innerText() === "Exact from here") await page.keyboard.press("Tab");
      assert.equal(await focused.innerText(), await alert.innerText());
      await page.keyboard.press("Enter");
      await page.locator(".alerts-toasts", { hasText: "crosses the line through" }).waitFor();
      const [line] = await kept(page);
      const condition = { kind: "line", from: line?.anchors[0], to: line?.anchors[1] };
      assert.deepEqual((await alerts()).map((one) => one?.condition), [condition]);

      // The chart has the keys again.
      await page.keyboard.press("ArrowUp");
      await until("a moved line", async () => {
        const [now] = await kept(page);
        return now?.anchors[0]?.price !== line?.anchors[0]?.price;
      });
      const [moved] = await kept(page);
      const next = { kind: "line", from: moved?.anchors[0], to: moved?.anchors[1] };
      assert.deepEqual((await alerts()).map((one) => one?.condition), [next]);

      await drawByKey("Horizontal line");
      await alert.press("Enter");
      const price = (await kept(page)).at(-1)?.anchors[0]?.price;
      assert.deepEqual((await alerts()).map((one) => one?.condition), [
        next,
        { kind: "price", value: price },
      ]);
      await page.keyboard.press("Delete");
      await until("the line to go", async () => (await kept(page)).length === 1);
      assert.deepEqual((await alerts()).map((one) => one?.condition), [next]);
      await drawByKey("Rectangle");
      assert.equal(await alert.count(), 0);
      await page.goto(`${site().app.url}/alerts`);
      await page.locator(".alerts-list li", { hasText: "crosses the line through" }).waitFor();
      assert.equal(await page.locator(".alerts-list li").count(), 1);
    });
  },
);

check("drawings - a finger draws, moves and deletes, and a full storage is reported", async () => {
  const { page, complaints, close } = await watch(site().browser, site().app.url + HOURS, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  try {
    await drawn(page);
    const menu = page.locator(".draw-menu");
    const touch = await page.context().newCDPSession(page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", at: Parts | null) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: at === null ? [] : [{ x: at[0], y: at[1] }],
      });
    const swipe = async (from: Parts, to: Parts) => {
      const [start, end] = [await place(page, ...from), await place(page, ...to)];
      await send("touchStart", start);
      for (const part of [0.3, 0.6, 1]) {
        await send("touchMove", [
          start[0] + (end[0] - start[0]) * part,
          start[1] + (end[1] - start[1]) * part,
        ]);
      }
      await send("touchEnd", null);
    };
    await menu.locator("summary").tap();
    await page.getByRole("checkbox", { name: /Snap to/ }).uncheck();
    await menu.getByRole("button", { name: "Trend line", exact: true }).tap();
    await page.locator(".chart-mount").scrollIntoViewIfNeeded();
    await swipe([0.2, 0.3], [0.6, 0.2]);
    await until("a line", async () => (await kept(page)).length === 1);
    const [before] = await kept(page);
    await swipe([0.4, 0.26], [0.4, 0.4]);
    await until("a moved line", async () => {
      const [now] = await kept(page);
      return (now?.anchors[0]?.price ?? Infinity) < (before?.anchors[0]?.price ?? 0);
    });
    await page.locator(".drawing-bar").getByRole("button", { name: "Delete" }).tap();
    await until("none", async () => (await kept(page)).length === 0);

    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await menu.locator("summary").tap();
    await menu.getByRole("button", { name: "Rectangle", exact: true }).tap();
    await swipe([0.2, 0.3], [0.6, 0.2]);
    await page.getByText("storage is full or forbidden").waitFor();
    await page.locator(".draw-menu .count", { hasText: "1" }).waitFor();
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});
