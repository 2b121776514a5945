import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { SHORTCUTS } from "../../components/shortcuts/shortcut_table.ts";
import { check, NO_SCRIPT, PHONE, siteForTests } from "./site.ts";
import { watch } from "./watched_page.ts";

const site = siteForTests();

/** A page of each kind, errors included. */
const EVERYWHERE = [
  "/",
  "/products/BTC-USD",
  "/workspace",
  "/alerts",
  "/status",
  "/docs",
  "/shortcuts",
  "/examples/datastar",
  "/products/NO-SUCH",
  "/nowhere",
];

const isOpen = (page: Page) =>
  page.locator(".palette").evaluate((dialog) => dialog.matches(":modal"));
const field = (page: Page) => page.getByRole("combobox", { name: "Product, page or setting" });
const options = (page: Page) => page.locator(".palette [role=option]");
/** The title of the option that Enter would choose; it is the field's active descendant. */
const active = (page: Page) =>
  page.evaluate(() => {
    const id = document.querySelector(".palette input")?.getAttribute("aria-activedescendant");
    const option = id == null ? null : document.getElementById(id);
    return option?.ariaSelected === "true" ? option.querySelector("b")?.textContent : null;
  });

/** Waits until the palette has the list of products. */
async function filled(page: Page): Promise<void> {
  await page.locator(".palette [role=status]:text-matches('found|first|Nothing')").waitFor();
}

check("palette - opens on every page with / and ctrl-K, and ? leads to the shortcuts", async () => {
  for (const path of EVERYWHERE) {
    const { page, complaints, close } = await watch(site().browser, site().app.url + path);
    try {
      const noted = [...complaints];
      for (const key of ["/", "Control+k", "Meta+k"]) {
        await page.keyboard.press(key);
        assert.ok(await isOpen(page), `${key} on ${path}`);
        assert.equal(await field(page).inputValue(), "", `${key} is not a letter on ${path}`);
        await page.keyboard.press("Escape");
        assert.ok(!await isOpen(page), `Escape on ${path}`);
      }
      await page.keyboard.press("/");
      // Its script has the keys that close it; until then the browser's Escape does.
      await filled(page);
      await page.keyboard.press("Control+k");
      assert.ok(!await isOpen(page), "the same key closes it");
      await page.keyboard.press("?");
      await page.waitForURL("**/shortcuts");
      assert.equal(await page.locator("h1").innerText(), "Keyboard shortcuts");
      assert.deepEqual([...complaints], noted, path);
    } finally {
      await close();
    }
  }
});

check(
  "palette - what is typed right after its key finds a product, which Enter opens",
  async () => {
    const { page, close } = await watch(site().browser, "about:blank");
    try {
      // A connection on which scripts and the list of products take their time.
      for (const late of ["**/palette.js*", "**/api/products"]) {
        await page.route(late, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 400));
          await route.continue();
        });
      }
      const loaded: string[] = [];
      page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
      await page.goto(site().app.url);
      await page.locator(".connection[data-state=live]").waitFor();
      assert.ok(!loaded.includes("/palette.js") && !loaded.includes("/api/products"));
      await page.keyboard.press("/");
      await page.keyboard.type("ethusd");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/products/ETH-USD");
      assert.equal(loaded.filter((path) => path === "/palette.js").length, 1);
    } finally {
      await close();
    }
  },
);

check(
  "palette - opens again in the same moment in which it was closed before its script came",
  async () => {
    await site().look("/status", async (page) => {
      // Without a frame in between, as keys on a busy machine: until then the focus stays in the closed palette.
      const opened = await page.evaluate(() => {
        const dialog = document.querySelector<HTMLDialogElement>(".palette");
        return ["/", "k"].map((key) => {
          const press = { key, ctrlKey: key === "k", bubbles: true };
          document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", press));
          const isOpen = dialog?.open;
          dialog?.close();
          return isOpen;
        });
      });
      assert.deepEqual(opened, [true, true]);
    });
  },
);

check(
  "palette - arrows, Home and End move, the list follows, Escape gives the focus back",
  async () => {
    await site().look("/", async (page) => {
      const link = page.locator("tr[data-id=SOL-USD] a");
      await link.focus();
      await page.keyboard.press("/");
      await filled(page);
      const titles = await options(page).locator("b").allInnerTexts();
      assert.ok(titles.length > 10 && titles.length <= 20, titles.join());
      assert.equal(await active(page), titles[0]);
      await page.keyboard.press("ArrowDown");
      assert.equal(await active(page), titles[1]);
      await page.keyboard.press("End");
      assert.equal(await active(page), titles.at(-1));
      assert.ok(await isInSight(page));
      await page.keyboard.press("ArrowDown");
      assert.equal(await active(page), titles[0], "round");
      await page.keyboard.press("ArrowUp");
      assert.equal(await active(page), titles.at(-1));
      await page.keyboard.press("Home");
      assert.equal(await active(page), titles[0]);
      assert.ok(await isInSight(page));
      for (const key of ["Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab"]) {
        await page.keyboard.press(key);
        const isWithin = await page.evaluate(() =>
          document.querySelector(".palette")?.contains(document.activeElement)
        );
        assert.ok(isWithin, `${key} stays in the palette`);
      }
      await page.keyboard.press("Escape");
      assert.ok(await link.evaluate((element) => element === document.activeElement));
      // The button that closes it does so by keys as well.
      await page.keyboard.press("/");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.ok(!await isOpen(page));
      assert.ok(await link.evaluate((element) => element === document.activeElement));
    });
  },
);

check(
  "palette - is a letter in every field, and nothing while an input method composes",
  async () => {
    const fields = {
      "/": "input[type=search]",
      "/alerts": "#alert-product",
      "/workspace": ".saved-menu input",
      "/products/BTC-USD": ".compare-form input",
    };
    for (const [path, selector] of Object.entries(fields)) {
      await site().look(path, async (page) => {
        if (path.startsWith("/products")) {
          await page.locator(".chart-mount[data-drawn]").waitFor();
          await page.getByText("Compare", { exact: true }).click();
        }
        if (path === "/workspace") {
          await page.locator(".chart-mount[data-drawn]").first().waitFor();
          await page.locator(".saved-menu summary").click();
        }
        const typed = page.locator(selector).first();
        await typed.fill("");
        await typed.focus();
        await page.keyboard.type("a/?");
        await page.keyboard.press("Control+k");
        assert.ok(!await isOpen(page), path);
        assert.equal(await typed.inputValue(), "a/?", path);
        assert.equal(new URL(page.url()).pathname, path);
      });
    }
    await site().look("/status", async (page) => {
      await page.evaluate(() => {
        for (const key of ["/", "?"]) {
          const press = { key, isComposing: true, bubbles: true };
          document.body.dispatchEvent(new KeyboardEvent("keydown", press));
        }
      });
      assert.ok(!await isOpen(page));
      await page.keyboard.press("/");
      await field(page).fill("eth");
      await filled(page);
      await field(page).evaluate((element) => {
        for (const key of ["Enter", "ArrowDown", "Escape"]) {
          const press = { key, isComposing: true, bubbles: true, cancelable: true };
          element.dispatchEvent(new KeyboardEvent("keydown", press));
        }
      });
      assert.ok(await isOpen(page) && await active(page) === "ETH-USD");
    });
  },
);

check("palette - changes the page's settings, and has what was chosen last first", async () => {
  await site().look("/products/BTC-USD", async (page) => {
    await page.locator(".chart-mount[data-drawn]").waitFor();
    const choose = async (text: string) => {
      await page.keyboard.press("Control+k");
      await filled(page);
      await page.keyboard.type(text);
      await page.keyboard.press("Enter");
      assert.ok(!await isOpen(page), text);
    };
    await choose("dark theme");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "night");
    await choose("local time");
    await page.waitForURL("**zone=local**");
    await choose("heikin");
    await page.waitForURL("**style=heikin**");
    await choose("log scale");
    await page.waitForURL("**scale=log**");
    await page.keyboard.press("/");
    await filled(page);
    const first = await options(page).locator("b").allInnerTexts();
    assert.deepEqual(first.slice(0, 4), ["Log scale", "Heikin-Ashi", "Local time", "Dark theme"]);
    const log = await options(page).first().innerText();
    assert.match(log, /Chart, on/);
    await page.keyboard.press("Escape");
    await choose("sol");
    await page.waitForURL("**/products/SOL-USD");
    await page.locator(".connection[data-state=live]").waitFor();
    await page.keyboard.press("/");
    await page.locator(".palette [role=option]").first().waitFor();
    assert.equal(
      await active(page),
      "SOL-USD",
      "immediately, before the list of products is there",
    );
  });
});

check("palette - in a workspace it is about the active chart", async () => {
  await site().look("/workspace?chart=BTC-USD/5m&chart=ETH-USD/5m", async (page) => {
    await page.locator(".chart-mount[data-drawn]").nth(1).waitFor();
    await page.locator("#chart-2 .chart-mount").focus();
    await page.keyboard.press("/");
    await filled(page);
    await page.keyboard.type("1h granularity");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => /ETH-USD(%2F|\/)1h/.test(url.search));
    assert.match(page.url(), /BTC-USD\/5m/);
    // A letter still chooses another product for it.
    await page.keyboard.press("s");
    await page.locator(".product-search input").waitFor();
    await page.keyboard.type("ol/");
    assert.equal(await page.locator(".product-search input").inputValue(), "sol/");
    assert.ok(!await isOpen(page));
  });
});

check("palette - opens, scrolls and chooses by touch on a small phone", async () => {
  await site().look("/", async (page) => {
    await page.locator(".palette-button").tap();
    await filled(page);
    const box = await page.locator(".palette").boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 320 && box.y >= 0);
    for (const option of await options(page).all()) {
      assert.ok((await option.boundingBox() ?? { height: 0 }).height >= 44);
    }
    await field(page).fill("doge");
    await page.locator("[role=option]:has-text('DOGE-USD')").tap();
    await page.waitForURL("**/products/DOGE-USD");
    await page.locator(".palette-button").tap();
    await page.getByRole("button", { name: "Close" }).tap();
    assert.ok(!await isOpen(page));
    await page.locator(".palette-button").tap();
    await page.touchscreen.tap(160, 630);
    assert.ok(!await isOpen(page), "touched beside it");
  }, { ...PHONE, hasTouch: true });
});

check(
  "palette - reports what could not be loaded, and loads it when it is opened again",
  async () => {
    const { page, close } = await watch(site().browser, site().app.url);
    try {
      await page.route("**/api/products", (route) => route.abort());
      await page.keyboard.press("/");
      await page.locator(".palette [role=status]:has-text('cannot be reached')").waitFor();
      await page.keyboard.type("alerts");
      assert.equal(await active(page), "Alerts");
      await page.keyboard.press("Escape");
      await page.unroute("**/api/products");
      await page.keyboard.press("/");
      await filled(page);
      await page.goto("about:blank");
      await page.route("**/palette.js*", (route) => route.abort());
      await page.goto(`${site().app.url}/status`);
      await page.keyboard.press("/");
      await page.locator(".palette [role=status]:has-text('could not be loaded')").waitFor();
      await page.keyboard.press("Escape");
      assert.ok(!await isOpen(page));
    } finally {
      await close();
    }
  },
);

check("palette - keys of a single sign can be turned off, ctrl-K stays", async () => {
  await site().look("/shortcuts", async (page) => {
    await page.getByRole("button", { name: "Single keys off" }).click();
    for (const path of ["/shortcuts", "/"]) {
      await page.goto(site().app.url + path);
      for (const key of ["/", "?", "s"]) await page.keyboard.press(key);
      assert.ok(!await isOpen(page));
      assert.equal(new URL(page.url()).pathname, path);
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), "BODY");
      await page.keyboard.press("Control+k");
      assert.ok(await isOpen(page));
    }
    await page.goto(`${site().app.url}/shortcuts`);
    const off = page.getByRole("button", { name: "Single keys off" });
    assert.equal(await off.getAttribute("aria-pressed"), "true", "from the server");
    await page.getByRole("button", { name: "Single keys on" }).click();
    assert.equal(await off.getAttribute("aria-pressed"), "false");
    await page.keyboard.press("/");
    assert.ok(await isOpen(page));
  });
});

check("palette - nothing on the page moves when it opens and closes", async () => {
  const { page, close } = await watch(site().browser, "about:blank");
  try {
    await page.addInitScript(() => {
      Reflect.set(globalThis, "shifted", 0);
      new PerformanceObserver((list) => {
        // Those after a press too, which browsers do not blame a page for.
        const sum = list.getEntries().reduce((all, entry) => all + Reflect.get(entry, "value"), 0);
        Reflect.set(globalThis, "shifted", Reflect.get(globalThis, "shifted") + sum);
      }).observe({ type: "layout-shift", buffered: true });
    });
    for (const path of ["/", "/shortcuts"]) {
      await page.goto(site().app.url + path);
      if (path === "/") await page.locator(".connection[data-state=live]").waitFor();
      // The words' own: a heading is as wide as the live figures below it.
      const place = () =>
        page.locator("h1").evaluate((heading) => {
          const words = document.createRange();
          words.selectNodeContents(heading);
          return JSON.stringify(words.getBoundingClientRect());
        });
      const before = await place();
      await page.keyboard.press("/");
      await filled(page);
      await page.keyboard.type("b");
      assert.equal(await place(), before);
      await page.keyboard.press("Escape");
      assert.equal(await place(), before);
      assert.ok(await page.evaluate<number>("shifted") < 0.01);
    }
  } finally {
    await close();
  }
});

check(
  "shortcuts - are all on their page without script, where every page's foot leads",
  async () => {
    await site().look("/status", async (page) => {
      assert.equal(await page.locator(".palette-button").isVisible(), false);
      await page.getByRole("link", { name: "Keyboard shortcuts" }).click();
      await page.waitForURL("**/shortcuts");
      const text = await page.locator("main").innerText();
      for (const { title, shortcuts } of SHORTCUTS) {
        assert.ok(text.includes(title), title);
        for (const { does } of shortcuts) assert.ok(text.includes(does), does);
      }
    }, NO_SCRIPT);
  },
);

/** Whether the chosen option can be seen in the list. */
async function isInSight(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const list = document.querySelector(".palette ul")?.getBoundingClientRect();
    const option = document.querySelector(".palette [aria-selected=true]")?.getBoundingClientRect();
    return list !== undefined && option !== undefined && option.top >= list.top - 1 &&
      option.bottom <= list.bottom + 1;
  });
}
