import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Browser } from "playwright-core";
import { openTestBus } from "../harness/bus_comparison.ts";
import { scenario } from "../harness/scenario.ts";
import { pause, timely, until } from "../harness/wait.ts";
import { launchBrowser, watch } from "./watched_page.ts";

// Slow: pages notice a server that hangs or is silent only after real seconds.

let browser: Browser;

Deno.test.beforeAll(async () => {
  browser = await launchBrowser();
});

Deno.test.afterAll(async () => {
  await browser.close();
});

/**
 * Follows a stream inside the page, as any page would: the ids of closed candles are kept on
 * `window`.
 */
const FOLLOW = `
  window.ids = [];
  window.resets = 0;
  window.source = new EventSource("/stream?products=*&granularities=ONE_MINUTE&closed=true");
  window.source.addEventListener("candle", (event) => window.ids.push(Number(event.lastEventId)));
  window.source.addEventListener("reset", () => window.resets++);
`;

for (const how of ["terminate", "kill"] as const) {
  Deno.test({
    name: `page stream - an EventSource in a browser resumes over a server's ${
      how === "kill" ? "kill -9" : "restart"
    } and misses no closed candle`,
    fn: scenario({}, async (it) => {
      const { page, close } = await watch(browser, it.app.url);
      const bus = await openTestBus(it.nats.url);
      const ids = async () => await page.evaluate<number[]>("window.ids");
      try {
        await page.evaluate(FOLLOW);
        // Polled from outside: the page's own policy forbids what `waitForFunction` does with a
        // text.
        await until(
          "an open stream",
          async () => await page.evaluate<boolean>("window.source.readyState === EventSource.OPEN"),
        );
        it.time.speed = 30;
        await until("closed candles", async () => (await ids()).length > 5);
        const before = (await ids()).length;
        await it.app[how]();
        it.startApp();
        await until("more closed candles", async () => (await ids()).length > before + 5);
        it.time.speed = 0;
        const got = await ids();
        const sent: number[] = [];
        const { first } = await bus.closedBounds();
        for await (
          const { sequence, key } of timely("the closed candles", bus.closedAfter(first - 1))
        ) {
          if (key.endsWith(".ONE_MINUTE")) sent.push(sequence);
        }
        const from = sent.indexOf(got[0] ?? NaN);
        assert.ok(from >= 0, "the first id is a closed candle's");
        assert.deepEqual(got, sent.slice(from, from + got.length));
        assert.equal(await page.evaluate("window.resets"), 0);
      } finally {
        await close();
        await bus.close();
      }
    }),
    sanitizeOps: false,
    sanitizeResources: false,
  });
}

Deno.test({
  name: "page stream - pages of a server that hangs are stale, and live when it continues",
  fn: scenario({ exchange: { products: 1 } }, async (it) => {
    const paths = [
      "/",
      "/products/BTC-USD?granularity=1m",
      "/workspace?chart=BTC-USD/1m",
      "/status",
    ];
    const pages = await Promise.all(paths.map(async (path) => {
      const watched = await watch(browser, "about:blank");
      // Silence is waited for by the page's own clock, which is put forward here.
      await watched.page.clock.install();
      await watched.page.goto(it.app.url + path);
      return watched;
    }));
    const shown = (state: string) =>
      Promise.all(
        pages.map(({ page }) =>
          page.locator(`.connection[data-state=${state}]`).first().waitFor({ timeout: 60_000 })
        ),
      );
    const pass = (ms: number) => Promise.all(pages.map(({ page }) => page.clock.fastForward(ms)));
    try {
      await shown("live");
      it.app.freeze();
      await pass(16_000);
      await shown("stale");
      it.app.wake();
      await shown("live");
      for (const { complaints } of pages) {
        assert.deepEqual(complaints.filter((text) => !/ERR_|Failed to load/.test(text)), []);
      }
    } finally {
      await Promise.all(pages.map(({ close }) => close()));
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});

/** A port before the app's whose connections can fall silent, as behind a router that forgets them. */
async function forgetfulRouter(port: number) {
  const sockets = new Set<Socket>();
  const streams = new Set<Socket>();
  const server = createServer((near) => {
    near.on("data", (bytes) => bytes.includes("GET /stream") && streams.add(near));
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${ownPort}`,
    /** Nothing passes on the connections of so far, and neither side hears of it; new ones work. */
    forget() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    /** The streams of so far end, so that the browser connects again, over its other connections first. */
    endStreams() {
      for (const socket of streams) socket.destroy();
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

Deno.test({
  name: "page stream - a connection that dies without being closed is replaced",
  fn: scenario({}, async (it) => {
    const router = await forgetfulRouter(Number(new URL(it.app.url).port));
    const { page, close } = await watch(browser, "about:blank");
    try {
      await page.clock.install();
      it.time.speed = 10;
      for (
        const [path, price] of [["/", "tr[data-id=BTC-USD] td"], [
          "/products/BTC-USD",
          ".quote strong",
        ]] as const
      ) {
        await page.goto(router.url + path);
        const text = () => page.locator(price).first().innerText();
        const moves = async (passMs: number) => {
          const before = await text();
          // The browser first tries its other connections of so far, which are as dead. It takes real time to give up each
          // one, and for the first message of a new one on a busy machine.
          let nextMs = 0;
          await until(`another price on ${path}`, async () => {
            if (passMs > 0 && performance.now() >= nextMs) {
              await page.clock.fastForward(passMs);
              nextMs = performance.now() + 6_000;
            }
            return await text() !== before;
          }, { timeoutMs: 120_000, everyMs: 1000 });
        };
        await page.locator(".connection[data-state=live]").waitFor();
        await moves(0);
        router.forget();
        if (path !== "/") router.endStreams();
        await moves(50_000);
        await page.locator(".connection[data-state=live]").waitFor();
      }
    } finally {
      await close();
      router.close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});

Deno.test({
  name: "page stream - while the server has no feed a page is stale, and does not connect again",
  fn: scenario({}, async (it) => {
    const { page, close } = await watch(browser, "about:blank");
    const streams: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/stream") streams.push(request.url());
    });
    try {
      await page.clock.install();
      await page.goto(it.app.url);
      await page.locator(".connection[data-state=live]").waitFor();
      it.control({ command: "cut", refuseForMs: 3_600_000 });
      await until("a server that is not ready", async () => {
        return (await it.app.request("/readyz"))?.status === 503;
      }, { timeoutMs: 90_000 });
      const state = () => page.locator(".connection").first().getAttribute("data-state");
      // A last candle may still come.
      await until("a stale page", async () => {
        await page.clock.fastForward(16_000);
        await pause(500);
        return await state() === "stale";
      });
      // Now nothing comes for so long that a connection to a server with a feed would be replaced.
      for (let checks = 0; checks < 4; checks++) {
        await page.clock.fastForward(20_000);
        await pause(500);
        assert.equal(await state(), "stale");
      }
      assert.equal(streams.length, 1, streams.join("\n"));
    } finally {
      await close();
    }
  }),
  sanitizeOps: false,
  sanitizeResources: false,
});
