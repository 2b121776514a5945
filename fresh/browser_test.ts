import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { ensureChromium } from "../tests/browser/chromium.ts";
import { Builder } from "./dev.ts";
import { App, csp, staticFiles } from "./mod.ts";
import { copyFixture } from "./testdata/copy_fixture.ts";

const ROOT = join(import.meta.dirname ?? ".", "testdata", "app");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens a URL in a real browser, and fails on anything the browser complains about. */
async function withPage(url: string, look: (page: Page) => Promise<void>): Promise<void> {
  const complaints: string[] = [];
  const executablePath = await ensureChromium(() => {});
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(message.text());
    });
    await page.goto(url);
    await look(page);
  } finally {
    await browser.close();
  }
  assert.deepEqual(complaints, [], "no complaints, violations of the policy included");
}

/** Serves a production build of the fixture. */
async function withBuild(path: string, look: (page: Page) => Promise<void>): Promise<void> {
  const outDir = await Deno.makeTempDir({ prefix: "fresh-browser-" });
  await new Builder({ root: ROOT, outDir }).build();
  const { default: app } = await import(pathToFileURL(join(outDir, "server.js")).href);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.fetch);
  try {
    await withPage(`http://127.0.0.1:${server.addr.port}${path}`, look);
  } finally {
    await server.shutdown();
    await Deno.remove(outDir, { recursive: true });
  }
}

async function texts(page: Page, selector: string): Promise<string[]> {
  return await page.locator(selector).allInnerTexts();
}

async function untilText(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector, { hasText: text }).first().waitFor();
}

Deno.test("fresh - two islands share a signal in the browser, under a policy without unsafe-inline", async () => {
  await withBuild("/", async (page) => {
    await page.locator("output[data-hydrated=true]").waitFor();
    await page.evaluate(() => {
      document.querySelector("button.counter")?.setAttribute("data-same", "yes");
    });
    await page.click("button.counter");
    await untilText(page, ".total", "total 5");
    assert.deepEqual(await texts(page, "button.counter"), ["5 by 2"]);
    assert.equal(
      await page.locator("button[data-same=yes]").count(),
      1,
      "the server's element is kept",
    );
    assert.equal(await page.getAttribute(".total", "data-year"), "1970");
    assert.equal(await page.getAttribute("meta[name=total]", "content"), "3");
    assert.equal(await page.locator("meta[name=total]").count(), 1);
    assert.equal(await page.title(), "Two islands");
  });
});

Deno.test("fresh - JSX in an island keeps its server markup, and islands in it live with the others", async () => {
  await withBuild("/slots", async (page) => {
    await page.evaluate(() => document.querySelector("p.note")?.setAttribute("data-same", "yes"));
    // The closed drawer has its content in a template until it is opened.
    assert.deepEqual(await texts(page, ".hidden-note"), []);
    await page.locator("button.toggle", { hasText: "Closed" }).click();
    await untilText(page, ".hidden-note", "Not shown at first");
    assert.equal(
      await page.locator("p.note[data-same=yes]").innerText(),
      "Text from the server & its escapes",
    );

    await page.locator("button.counter", { hasText: "by 10" }).click();
    await untilText(page, "button.counter", "11 by 1");
    assert.deepEqual(await texts(page, "button.counter"), ["11 by 1", "11 by 10"]);

    await page.locator("button.toggle", { hasText: "Open" }).click();
    await page.locator("p.note").waitFor({ state: "detached" });
    await page.locator("button.toggle", { hasText: "Open" }).click();
    await untilText(page, "p.note", "Text from the server & its escapes");
    assert.deepEqual(await texts(page, "button.counter"), ["11 by 1", "11 by 10"]);
  });
});

Deno.test("fresh - the dev server's page hydrates, and reloads when an island changes", async () => {
  await using fixture = await copyFixture();
  const { root } = fixture;
  const end = new AbortController();
  const listening = Promise.withResolvers<number>();
  const served = new Builder({ root }).listen(
    () => Promise.resolve(new App().use(staticFiles()).use(csp({ useNonce: true })).fsRoutes()),
    {
      port: 0,
      hostname: "127.0.0.1",
      signal: end.signal,
      onListen: ({ port }) => listening.resolve(port),
    },
  );
  try {
    await withPage(`http://127.0.0.1:${await listening.promise}/`, async (page) => {
      await page.locator("output[data-hydrated=true]").waitFor();
      const island = join(root, "islands", "Total.tsx");
      const source = await Deno.readTextFile(island);
      await Deno.writeTextFile(island, source.replace("setHydrated(true)", "setHydrated(false)"));
      await page.locator("output:not([data-hydrated=true])").waitFor();
    });
  } finally {
    end.abort();
    await served;
  }
});
