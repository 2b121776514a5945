import assert from "node:assert/strict";
import { until } from "../harness/wait.ts";
import { check, NO_SCRIPT, siteForTests } from "./site.ts";

const site = siteForTests();

check("dashboard - it shows every product, goes live and its prices move", async () => {
  await site().look("/", async (page) => {
    assert.equal(await page.locator("h1").innerText(), "Markets");
    assert.ok(await page.locator(".market tbody tr").count() >= 10);
    await page.locator(".connection[data-state=live]").waitFor();
    await page.locator(".simulated").waitFor();
    await page.locator(".market [data-tick]").first().waitFor();
    const price = page.locator(".market tbody tr[data-id=BTC-USD] td").first();
    const before = await price.innerText();
    assert.match(before, /^\$\d{1,3}(,\d{3})*\.\d\d$/);
    await page.waitForFunction(
      ([text]) => document.querySelector("tr[data-id=BTC-USD] td")?.textContent !== text,
      [before],
    );
  });
});

check("dashboard - rows out of sight are updated when they are scrolled to", async () => {
  await site().look("/", async (page) => {
    await page.locator(".connection[data-state=live]").waitFor();
    await page.locator(".market tbody tr").last().scrollIntoViewIfNeeded();
    await page.locator(".market tbody tr:last-child").waitFor();
    await page.locator(".market tbody tr:nth-last-child(-n+6) [data-tick]").first().waitFor();
  }, { viewport: { width: 1280, height: 400 } });
});

check(
  "dashboard - typing in the search box leaves matching products, and the address can be shared",
  async () => {
    await site().look("/", async (page) => {
      const shown = () => page.locator(".market tbody b:visible").allInnerTexts();
      const field = page.locator("input[type=search]");
      await field.fill("ethereum");
      await page.locator("tr[data-id=BTC-USD]").waitFor({ state: "hidden" });
      assert.deepEqual(await shown(), ["Ethereum"]);
      await field.blur();
      await page.keyboard.press("s");
      await page.keyboard.press("Backspace");
      await page.waitForURL((url) => url.searchParams.get("q") === "ethereu");
      await page.reload();
      assert.deepEqual(await shown(), ["Ethereum"]);
      await field.fill("no such coin");
      await page.locator(".no-match").waitFor();
      await field.fill("");
      assert.ok((await shown()).length > 5);
    });
  },
);

check("dashboard - with filters the counts are still those of all products", async () => {
  await site().look("/?cols=hour&volume_min=100000000", async (page) => {
    const counts = () => page.locator(".market-head p").innerText();
    const [, all = "", up = "", down = ""] =
      /^(\d+) products,\s+(\d+) up,\s+(\d+) down/.exec(await counts()) ?? [];
    const rows = await page.locator(".market tbody tr").count();
    assert.ok(Number(up) + Number(down) > rows && rows < Number(all), await counts());
    await page.locator(".market [data-tick]").first().waitFor();
    const news = page.waitForResponse((answer) => answer.url().includes("/market/rows"));
    const { up: rising, down: falling } = await (await news).json();
    await until("the counts of the news", async () => {
      return (await counts()).includes(`${rising} up, ${falling} down`);
    });
    assert.ok(rising + falling > rows);
  });
});

check("dashboard - a heading orders the table", async () => {
  await site().look("/", async (page) => {
    await page.click(".market thead a:has-text('Product')");
    await page.locator("th[aria-sort=ascending]:has-text('Product')").waitFor();
    const names = await page.locator(".market tbody b").allInnerTexts();
    const lower = names.map((name) => name.toLowerCase());
    assert.deepEqual(lower, lower.toSorted());
    assert.equal(await page.locator(".market thead a[aria-current]").count(), 0);
  });
});

check("dashboard - a star has ink, pressed or not", async () => {
  await site().look("/", async (page) => {
    const star = page.locator(".market tbody button").first();
    await star.waitFor();
    for (const pressed of ["false", "true"]) {
      await star.evaluate((button, value) => button.setAttribute("aria-pressed", value), pressed);
      const mask = await star.evaluate((button) => getComputedStyle(button, "::before").maskImage);
      const inked = await inkOf(mask);
      assert.ok(inked > 0.02 && inked < 0.9, `${pressed}: ${inked} of ${mask}`);
    }
  });
});

/**
 * How much of a style's image is not transparent. On a separate page, whose policy allows drawing.
 */
async function inkOf(image: string): Promise<number> {
  const page = await site().browser.newPage();
  try {
    return await page.evaluate(async (css) => {
      const image = new Image(32, 32);
      image.src = css.replace(/^url\("(.*)"\)$/s, "$1").replaceAll('\\"', '"');
      await image.decode();
      const canvas = new OffscreenCanvas(32, 32);
      const context = canvas.getContext("2d");
      context?.drawImage(image, 0, 0, 32, 32);
      const { data = [] } = context?.getImageData(0, 0, 32, 32) ?? {};
      return data.filter((_, index) => index % 4 === 3).filter((alpha) => alpha > 0).length / 1024;
    }, image);
  } finally {
    await page.close();
  }
}

check("dashboard - without script it is whole: prices, search, order and theme", async () => {
  await site().look("/", async (page) => {
    assert.ok(await page.locator(".market tbody tr").count() >= 10);
    assert.ok(await page.locator(".market tbody svg").count() >= 10);
    await page.locator("input[type=search]").fill("bitcoin");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?q=bitcoin*");
    const names = await page.locator(".market tbody tr:visible b").allInnerTexts();
    assert.ok(names.length > 0 && names.every((name) => name.includes("Bitcoin")), `${names}`);
    await page.click("button[value=dark]:visible");
    await page.waitForURL("**/?q=bitcoin*");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "night");
  }, NO_SCRIPT);
});

check(
  "dashboard - a star makes a favourite, which is kept, and favourites can be shown alone",
  async () => {
    await site().look("/", async (page) => {
      await page.getByRole("button", { name: "Favourites" }).click();
      await page.locator(".no-match:has-text('makes it a favourite')").waitFor();
      await page.getByRole("button", { name: "Favourites" }).click();
      await page.getByRole("button", { name: "Favourite ETH-USD" }).click();
      await page.getByRole("button", { name: "Favourites" }).click();
      await page.waitForURL((url) => url.searchParams.get("view") === "favourites");
      await page.locator("tr[data-id=BTC-USD]").waitFor({ state: "hidden" });
      await page.click(".market thead a:has-text('Product')");
      await page.waitForURL("**view=favourites*");
      await page.locator("tr[data-id=BTC-USD]").waitFor({ state: "hidden" });
      assert.deepEqual(await page.locator(".market tbody b:visible").allInnerTexts(), ["Ethereum"]);
      const star = page.getByRole("button", { name: "Favourite ETH-USD" });
      assert.equal(await star.getAttribute("aria-pressed"), "true");
    });
  },
);

check(
  "dashboard - the keyboard alone searches, goes through the products, stars one and opens it",
  async () => {
    await site().look("/", async (page) => {
      const focused = () => page.evaluate(() => document.activeElement?.closest("tr")?.dataset.id);
      await page.locator(".connection[data-state=live]").waitFor();
      await page.keyboard.press("s");
      await page.keyboard.type("bitcoin");
      await page.keyboard.press("ArrowDown");
      assert.equal(await focused(), "BTC-USD");
      await page.keyboard.press("ArrowDown");
      assert.equal(await focused(), "BCH-USD");
      await page.keyboard.press("f");
      const star = page.getByRole("button", { name: "Favourite BCH-USD" });
      assert.equal(await star.getAttribute("aria-pressed"), "true");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "q");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/products/BTC-USD");
    });
  },
);

check("dashboard - the address can choose a quote currency, with script and without", async () => {
  for (const options of [{}, NO_SCRIPT]) {
    await site().look("/?quote=EUR", async (page) => {
      await page.locator(".no-match:has-text('No product fits')").waitFor();
      assert.equal(await page.locator(".market tbody tr:visible").count(), 0);
    }, options);
  }
});

check(
  "dashboard - prices that move animate nothing, which would paint at 60 frames a second",
  async () => {
    for (const path of ["/", "/products/BTC-USD"]) {
      await site().look(path, async (page) => {
        await page.locator("[data-tick=up], [data-tick=down]").first().waitFor();
        assert.equal(await page.evaluate(() => document.getAnimations().length), 0, path);
      });
    }
  },
);

check(
  "dashboard - a price that moves is tinted for a moment, unless reduced motion is set",
  async () => {
    const tint = async (reducedMotion: "reduce" | "no-preference") => {
      let color: unknown;
      await site().look("/", async (page) => {
        const tinted = await page.waitForFunction(() => {
          // The lowest row: busier products above are tinted again and again.
          const cell = [...document.querySelectorAll(".market [data-tick]")].at(-1);
          return cell !== undefined && { cell, color: getComputedStyle(cell).backgroundColor };
        });
        color = await tinted.evaluate((seen) => seen && seen.color);
        await page.waitForFunction(
          ([seen]) => seen && seen.cell.matches(":not([data-tick])"),
          [tinted],
        );
      }, { reducedMotion });
      return color;
    };
    assert.match(String(await tint("no-preference")), /\/ 0\.14\)$/);
    assert.equal(await tint("reduce"), "rgba(0, 0, 0, 0)");
  },
);

check("dashboard - a row that no longer fits stays while it has the focus", async () => {
  await site().look("/", async (page) => {
    const ids = () =>
      page.locator(".market tbody tr").evaluateAll((rows) => rows.map((row) => row.dataset.id));
    const [first, ...others] = await ids();
    let readings = 0;
    await page.route("**/market/rows*", async (route) => {
      const answer = await route.fetch();
      const news = await answer.json();
      const rows = news.rows.filter(({ id }: { id: string }) => id !== first);
      // Sooner again: more is expected.
      await route.fulfill({
        headers: { etag: `"${readings++}"` },
        json: { ...news, isFilling: true, rows },
      });
    });
    const link = page.locator(`tr[data-id=${first}] a`);
    await link.focus();
    await until("a reading without it", () => readings > 1);
    assert.equal((await ids()).length, others.length + 1);
    assert.ok(await link.evaluate((element) => element === document.activeElement));
    await link.blur();
    await until("the row to go", async () => !(await ids()).includes(first));
    assert.deepEqual((await ids()).length, others.length);
  });
});
