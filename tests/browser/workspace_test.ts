import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../harness/wait.ts";
import { check, NO_SCRIPT, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests();

const TWO = "/workspace?chart=BTC-USD/1m&chart=ETH-USD/1m";

async function drawn(page: Page, charts: number): Promise<void> {
  await until(
    `${charts} drawn charts`,
    async () => await page.locator(".tile .chart-mount[data-drawn]").count() === charts,
  );
}

/** The query as people read it. */
function query(page: Page): string {
  return decodeURIComponent(new URL(page.url()).search);
}

function tile(page: Page, number: number) {
  return page.locator(`#chart-${number}`);
}

/** The time in a chart's legend: of what is pointed at, or of its newest candle. */
async function legendTime(page: Page, number: number): Promise<string> {
  return await tile(page, number).locator(".legend span").first().innerText();
}

check("workspace - nine charts are live over one stream, multiples among them", async () => {
  const streams: string[] = [];
  await site().look("/healthz", async (page) => {
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/stream") streams.push(request.url());
    });
    const charts = ["1m", "5m", "4h", "90m", "1h", "3m", "15m", "1d"].map((one) =>
      `chart=BTC-USD/${one}`
    );
    await page.goto(`${site().app.url}/workspace?${charts.join("&")}&chart=ETH-USD/1m`);
    await drawn(page, 9);
    await page.locator(".connection[data-state=live]").waitFor();
    for (const number of [1, 4, 9]) {
      const close = tile(page, number).locator(".legend span", { hasText: /^C / });
      const before = await close.innerText();
      await until(`chart ${number} to move`, async () => await close.innerText() !== before);
    }
    assert.equal(streams.length, 1, streams.join("\n"));
  });
});

check(
  "workspace - typing into a chart finds another product, and a number a granularity",
  async () => {
    await site().look(TWO, async (page) => {
      await drawn(page, 2);
      // Enter may come before the list of products.
      let release = () => {};
      const isReleased = new Promise<void>((resolve) => release = resolve);
      await page.route("**/api/products", async (route) => {
        await isReleased;
        await route.continue();
      });
      await tile(page, 2).locator(".chart-mount").click();
      const isOpenAtOnce = await page.evaluate(async () => {
        const press = { key: "d", bubbles: true, cancelable: true };
        document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", press));
        await Promise.resolve();
        return document.querySelector<HTMLDialogElement>(".product-search")?.open;
      });
      assert.ok(isOpenAtOnce, "before the next key could come, not after the next frame");
      await page.keyboard.type("oge");
      await page.keyboard.press("Enter");
      release();
      await tile(page, 2).getByRole("link", { name: "DOGE-USD" }).waitFor();
      await tile(page, 2).locator(".chart-mount").click();
      await page.keyboard.type("sol");
      await page.getByRole("option", { name: /SOL-USD/ }).waitFor();
      await page.keyboard.press("Enter");
      await tile(page, 2).getByRole("link", { name: "SOL-USD" }).waitFor();
      await drawn(page, 2);
      assert.equal(query(page), "?chart=BTC-USD/1m&chart=SOL-USD/1m");
      await tile(page, 2).locator(".chart-mount").focus();
      await page.keyboard.type("90m");
      await page.keyboard.press("Enter");
      await until("the multiple", () => query(page) === "?chart=BTC-USD/1m&chart=SOL-USD/90m");
      await drawn(page, 2);
      await page.getByLabel("Granularity of chart 1", { exact: true }).selectOption("4h");
      await until("the choice", () => query(page) === "?chart=BTC-USD/4h&chart=SOL-USD/90m");
      await page.reload();
      await drawn(page, 2);
      assert.equal(
        await page.getByLabel("Granularity of chart 1", { exact: true }).inputValue(),
        "4h",
      );
      await page.getByRole("button", { name: "Another product for chart 1" }).click();
      await page.keyboard.type("nonsense");
      await page.getByText("No product and no granularity is so called.").waitFor();
      await page.keyboard.press("Escape");
      await until("no dialog", async () => !await page.locator(".product-search").isVisible());
    });
  },
);

check(
  "workspace - what one chart points at and shows, the others do too while they are linked",
  async () => {
    await site().look(TWO, async (page) => {
      await drawn(page, 2);
      const box = await tile(page, 1).locator(".chart-mount").boundingBox();
      assert.ok(box !== null);
      const newest = await legendTime(page, 2);
      await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.4);
      await until("the same time", async () => {
        const there = await legendTime(page, 2);
        return there !== newest && there === await legendTime(page, 1);
      });
      await page.mouse.move(1, 1);
      // By keyboard: a step into the past moves both.
      await tile(page, 1).locator(".chart-mount").focus();
      for (let press = 0; press < 3; press++) await page.keyboard.press("Shift+ArrowLeft");
      const other = await tile(page, 2).locator(".chart-mount").boundingBox();
      assert.ok(other !== null);
      await page.mouse.move(other.x + 40, other.y + other.height * 0.4);
      await until("a time that was out of sight", async () => {
        const [one, two] = [await legendTime(page, 1), await legendTime(page, 2)];
        return one === two && one !== newest;
      });
      await page.getByRole("button", { name: "Crosshair" }).click();
      await page.getByRole("button", { name: "Range" }).click();
      assert.match(query(page), /&link=none$/);
      const unpointed = await legendTime(page, 1);
      await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.4);
      await until("a time in the past", async () => await legendTime(page, 1) !== unpointed);
      await until(
        "a chart that is left alone",
        async () => await legendTime(page, 1) !== await legendTime(page, 2),
      );
    });
  },
);

check("workspace - borders are dragged and moved by keys, and the address keeps them", async () => {
  await site().look(
    "/workspace?chart=BTC-USD/1m&chart=ETH-USD/1m&chart=SOL-USD/1m&chart=BTC-USD/1h",
    async (page) => {
      await drawn(page, 4);
      const border = page.getByRole("separator", { name: "Width of column 1" });
      const box = await border.boundingBox();
      assert.ok(box !== null);
      await page.mouse.move(box.x + box.width / 2, box.y + 80);
      await page.mouse.down();
      await page.mouse.move(box.x + 200, box.y + 80, { steps: 5 });
      await page.mouse.up();
      await until("other widths", () => /columns=6\d(\.\d)?,3/.test(query(page)));
      const widths = async () => {
        const [one, two] = [await tile(page, 1).boundingBox(), await tile(page, 2).boundingBox()];
        return (one?.width ?? 0) / (two?.width ?? 1);
      };
      assert.ok(await widths() > 1.5);
      await border.focus();
      await page.keyboard.press("Enter");
      await until("equal widths", () => !query(page).includes("columns"));
      const height = page.getByRole("separator", { name: "Height of row 1" });
      await height.focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Shift+ArrowUp");
      await until("other heights", () => query(page).endsWith("&rows=38,62"));
      await page.keyboard.press("Home");
      await until("the least height", () => query(page).endsWith("&rows=10,90"));
      assert.equal(await height.getAttribute("aria-valuenow"), "10");
      await page.reload();
      await drawn(page, 4);
      assert.equal(await height.getAttribute("aria-valuenow"), "10");
    },
  );
});

check("workspace - charts come and go, and each keeps what it shows", async () => {
  await site().look(`${TWO}/indicators=ema:21`, async (page) => {
    await drawn(page, 2);
    await tile(page, 2).locator(".chart-box > .studies span:has-text('EMA 21')").waitFor();
    await page.getByRole("link", { name: "4 charts" }).click();
    await drawn(page, 4);
    assert.equal(await page.locator(".divider").count(), 2);
    await page.getByRole("button", { name: "Remove chart 1" }).click();
    await drawn(page, 3);
    assert.match(query(page), /^\?chart=ETH-USD\/1m\/indicators=ema:21&chart=/);
    await tile(page, 1).locator(".chart-box > .studies span:has-text('EMA 21')").waitFor();
    await page.getByRole("link", { name: "Add a chart" }).click();
    await drawn(page, 4);
    await page.getByRole("link", { name: "1 chart", exact: true }).click();
    await drawn(page, 1);
    assert.equal(await page.getByRole("button", { name: "Remove chart 1" }).count(), 0);
  });
});

check("workspace - it is saved, opened, renamed and deleted by name in this browser", async () => {
  await site().look(TWO, async (page) => {
    await drawn(page, 2);
    const menu = page.locator(".saved-menu summary");
    await menu.click();
    await page.getByLabel("Save this workspace as").fill("Majors");
    await page.keyboard.press("Enter");
    await page.getByText("Majors is saved.").waitFor();
    await page.goto(`${site().app.url}/workspace?chart=SOL-USD/1h`);
    await drawn(page, 1);
    await menu.click();
    await page.getByRole("button", { name: "Rename Majors" }).click();
    await page.getByLabel("New name of Majors").fill("The two");
    await page.keyboard.press("Enter");
    await page.locator(".saved-menu").getByRole("link", { name: "The two" }).click();
    await page.waitForURL("**/workspace?chart=BTC-USD/1m&chart=ETH-USD/1m");
    await drawn(page, 2);
    assert.match(await menu.innerText(), /The two/);
    await menu.click();
    await page.getByRole("button", { name: "Delete The two" }).click();
    await page.getByText("None saved in this browser yet.").waitFor();
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await page.getByLabel("Save this workspace as").fill("Again");
    await page.keyboard.press("Enter");
    await page.getByText(/storage is full or forbidden/).waitFor();
  });
});

check(
  "workspace - a phone shows one chart, and makes another live once it is swiped to",
  async () => {
    await site().look(`${TWO}&chart=SOL-USD/1h`, async (page) => {
      await drawn(page, 1);
      // Its stream starts when all charts are live that are to be.
      await page.locator(".connection[data-state=live]").waitFor();
      const isLive = async (number: number) =>
        await tile(page, number).locator(".tile-choice:not([inert])").count() === 1;
      assert.deepEqual([await isLive(1), await isLive(2), await isLive(3)], [true, false, false]);
      assert.ok(await page.locator("#chart-3 .candle-svg").count() === 1, "the server's picture");
      const inSight = async () =>
        await page.evaluate(() =>
          Array.from(document.querySelectorAll(".tile"), (one) => one.getBoundingClientRect())
            .findIndex(({ left, right }) => left >= -1 && right <= innerWidth + 1)
        );
      assert.equal(await inSight(), 0);
      // The charts to come are to show the same times.
      await tile(page, 1).locator(".chart-mount").focus();
      for (let press = 0; press < 2; press++) await page.keyboard.press("Shift+ArrowLeft");
      const box = await tile(page, 1).locator(".chart-mount").boundingBox();
      assert.ok(box !== null);
      const session = await page.context().newCDPSession(page);
      const y = box.y + box.height / 2;
      await session.send("Input.dispatchTouchEvent", {
        type: "touchStart",
        touchPoints: [{ x: 330, y }],
      });
      for (let x = 320; x >= 60; x -= 20) {
        await session.send("Input.dispatchTouchEvent", {
          type: "touchMove",
          touchPoints: [{ x, y }],
        });
      }
      await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
      await until("the next chart", async () => await inSight() === 1);
      await until(
        "its tab",
        async () => /ETH-USD/.test(await page.locator(".tile-tabs [aria-current]").innerText()),
      );
      await drawn(page, 2);
      assert.deepEqual([await isLive(2), await isLive(3)], [true, false]);
      const close = tile(page, 2).locator(".legend span", { hasText: /^C / });
      const before = await close.innerText();
      await until("its price to move", async () => await close.innerText() !== before);
      const there = await tile(page, 2).locator(".chart-mount").boundingBox();
      assert.ok(there !== null);
      await page.mouse.move(there.x + there.width / 2, there.y + there.height / 2);
      await until(
        "the times that the other shows",
        async () => Date.now() - Date.parse(await legendTime(page, 2)) > 3_600_000,
      );
      // A tap while the swipe still settles loses to it, for people too: they tap again.
      await until("the last chart", async () => {
        await page.locator(".tile-tabs a", { hasText: "SOL-USD" }).click();
        return await inSight() === 2;
      }, { everyMs: 500 });
      const [header, tabs] = [
        await page.locator(".site-header").boundingBox(),
        await page.locator(".tile-tabs").boundingBox(),
      ];
      assert.ok(header !== null && tabs !== null);
      assert.ok(tabs.y >= header.y + header.height, "the header does not cover the other tabs");
      await until(
        "its drawing",
        async () => await tile(page, 3).locator("[data-drawn]").count() === 1,
      );
    }, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  },
);

check("workspace - without script it is pictures, links and a form", async () => {
  await site().look(`${TWO}&chart=NO-SUCH/1h&columns=20,40,40`, async (page) => {
    for (const product of ["BTC-USD", "ETH-USD"]) {
      const picture = page.getByRole("img", {
        name: new RegExp(`^Candlestick chart of ${product}`),
      });
      assert.ok(await picture.isVisible());
    }
    assert.ok(await page.getByText(/no product NO-SUCH/).isVisible());
    const [first, second] = [await tile(page, 1).boundingBox(), await tile(page, 2).boundingBox()];
    assert.ok(first !== null && second !== null && second.width > first.width * 1.8);
    await page.getByRole("textbox", { name: "Chart 3" }).fill("sol-usd/4h");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("img", { name: /^Candlestick chart of SOL-USD/ }).waitFor();
    await page.getByRole("link", { name: "2 charts" }).click();
    assert.equal(await page.locator(".tile").count(), 2);
  }, NO_SCRIPT);
});

check("workspace - bad values are named, and lead to what is left", async () => {
  const { page, close } = await watch(
    site().browser,
    `${site().app.url}/workspace?chart=BTC&chart=ETH-USD/1m&link=all`,
  );
  try {
    await page.getByRole("heading", { name: "This address is not a workspace" }).waitFor();
    const errors = await page.locator(".workspace-errors").innerText();
    assert.match(errors, /chart cannot be BTC.*such as BTC-USD/);
    assert.match(errors, /link cannot be all.*none, crosshair, range/);
    await page.getByRole("link", { name: "The workspace without them" }).click();
    await drawn(page, 1);
    assert.equal(query(page), "?chart=ETH-USD/1m");
  } finally {
    await close();
  }
});

check("workspace - the whole of it fills the screen, and one chart does", async () => {
  await site().look(TWO, async (page) => {
    await drawn(page, 2);
    await page.getByRole("button", { name: "Whole workspace on full screen" }).click();
    await page.waitForFunction(() => document.fullscreenElement?.className === "workspace");
    await page.evaluate(() => document.exitFullscreen());
    await tile(page, 2).getByRole("button", { name: "Full screen" }).click();
    await page.waitForFunction(() =>
      document.fullscreenElement?.getAttribute("aria-label") === "Chart 2: ETH-USD, 1m"
    );
  });
});

check(
  "workspace - a compared product that does not exist stays named when older candles come",
  async () => {
    const missing = "/workspace?chart=BTC-USD/1m/compare=NO-SUCH,ETH-USD";
    const { page, close } = await watch(site().browser, site().app.url + missing);
    try {
      await drawn(page, 1);
      const note = page.locator(".chart-note", { hasText: "NO-SUCH" });
      await note.waitFor();
      const older = page.waitForResponse((answer) =>
        answer.url().includes("product=BTC-USD") && answer.url().includes("end=")
      );
      await page.locator(".chart-mount").focus();
      for (let press = 0; press < 12; press++) await page.keyboard.press("-");
      await (await older).finished();
      await page.waitForTimeout(200);
      assert.equal(await note.count(), 1);
    } finally {
      await close();
    }
  },
);
