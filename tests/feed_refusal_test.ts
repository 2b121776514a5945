import assert from "node:assert/strict";
import { feedState } from "../lib/app/feed_state.ts";
import { productId } from "../lib/candles/product.ts";
import type { FeedTimings } from "../lib/coinbase/feed_context.ts";
import type { Log } from "../lib/coinbase/quiet_log.ts";
import { until, WatchedFeed } from "../lib/coinbase/test_feed.ts";
import {
  type ControlCommand,
  type ExchangeSimulator,
  startExchangeSimulator,
} from "../lib/exchange_simulator/mod.ts";

const PRODUCTS = ["BTC-USD", "ETH-USD", "SOL-USD"].map(productId);
/** Short, so that several sockets come and go within a second. */
const TIMINGS = { subscriptionMs: 200, silenceMs: 2000, refusedMs: 300 };
const SAMPLES = 40;

interface Refused {
  readonly exchange: ExchangeSimulator;
  readonly watched: WatchedFeed;
  readonly lines: string[];
  /** What was shown at the moment of each line: details come and go within less time than a busy machine takes to look. */
  readonly shown: ReadonlySet<string | null>;
  state(): ReturnType<typeof feedState>;
}

/** A feed of a simulated exchange that takes `command` before the feed connects. */
async function refused(
  command: ControlCommand,
  test: (it: Refused) => Promise<void>,
  timings: Partial<FeedTimings> = {},
): Promise<void> {
  await using exchange = await startExchangeSimulator({ products: 3, tradesPerSecond: 30 });
  exchange.control(command);
  const lines: string[] = [];
  const shown = new Set<string | null>();
  const write = (message: string, properties: Record<string, unknown> = {}) => {
    lines.push(message.replace(/\{(\w+)\}/g, (_, name) => String(properties[name])));
    queueMicrotask(() => shown.add(state().detail));
  };
  const log: Log = { debug() {}, info: write, warn: write };
  await using watched = new WatchedFeed({
    url: exchange.wsUrl,
    products: PRODUCTS,
    log,
    timings: { ...TIMINGS, ...timings },
  });
  const state = () => feedState(watched.feed.stats().connections);
  await test({ exchange, watched, lines, shown, state });
}

/** Looks often while sockets come and go: the state is the same every time. */
async function stays(wanted: string, state: () => ReturnType<typeof feedState>): Promise<void> {
  for (let sample = 0; sample < SAMPLES; sample++) {
    const now = state();
    assert.equal(now.state, wanted, `sample ${sample}: ${now.detail}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const REFUSE_ALL = {
  command: "refuseSubscriptions",
  message: "authentication failure",
  reason: "key is not enabled",
} as const;

Deno.test("feed - every subscription refused is down, steadily, with the exchange's words, until it is accepted", () =>
  refused(REFUSE_ALL, async ({ exchange, watched, lines, state }) => {
    await until("down", () => state().state === "down");
    await stays("down", state);
    assert.ok(exchange.stats.connectionsOpened > 1, "it is tried again on new sockets");
    assert.match(
      state().detail ?? "",
      /every subscription is refused: authentication failure: key is not enabled/,
    );
    assert.ok(
      lines.some((line) => line.includes("authentication failure: key is not enabled")),
      lines.join("\n"),
    );
    exchange.control({ command: "acceptSubscriptions" });
    await until("up", () => state().state === "up");
    assert.equal(watched.feed.stats().connections[0]?.delivery.refused.size, 0);
  }));

Deno.test("feed - some products refused is degraded, steadily, naming them, and the others come", () =>
  refused(
    { command: "refuseSubscriptions", products: ["ETH-USD"], message: "no such product" },
    async ({ exchange, watched, lines, state }) => {
      await until("named", () => state().detail?.includes("ETH-USD") ?? false);
      await stays("degraded", state);
      assert.equal(state().detail, "The exchange refuses ETH-USD (no such product)");
      assert.equal(watched.feed.stats().connections[0]?.ready, 2);
      assert.equal(exchange.stats.connectionsOpened, 1);
      assert.ok(lines.includes("the exchange refuses ETH-USD: no such product"), lines.join("\n"));
      exchange.control({ command: "acceptSubscriptions" });
      await until("up", () => state().state === "up");
      assert.ok(lines.includes("the exchange sends products that it refused: ETH-USD"));
    },
    // A busy machine may take its time with the first answer, and this is about one connection.
    { subscriptionMs: 2_000 },
  ));

Deno.test("feed - subscriptions refused now and then are sent again until they are accepted", () =>
  refused(
    { command: "refuseSubscriptions", chance: 0.5, message: "try again" },
    async ({ state }) => {
      await until("up", () => state().state === "up");
    },
  ));

Deno.test("feed - a close's text is shown", () =>
  refused({ command: "clearFaults" }, async ({ exchange, lines, shown, state }) => {
    await until("up", () => state().state === "up");
    exchange.control(REFUSE_ALL);
    const close = () =>
      exchange.control({ command: "close", code: 1000, reason: "deprecated hostname" });
    const isClosed = (detail: string | null) =>
      detail?.includes("1000: deprecated hostname") ?? false;
    close();
    // On a busy machine the feed may just have given its socket up: then the next one is closed.
    const again = setInterval(close, 1000);
    try {
      await until("closed", () => [...shown].some(isClosed));
    } finally {
      clearInterval(again);
    }
    // The next one may have been refused its subscriptions before, which is in the line as well.
    const ended = "a feed connection ended: closed by the exchange (1000: deprecated hostname)";
    assert.ok(
      lines.some((line) => line === ended || line.startsWith(`${ended} after the error `)),
      lines.join("\n"),
    );
  }));

for (const status of [401, 403, 429]) {
  Deno.test(`feed - a handshake answered with ${status} and a page is down, steadily, naming the status`, () =>
    refused({ command: "refuse", forMs: 60_000, status }, async ({ exchange, state }) => {
      await until("down", () => state().state === "down");
      await stays("down", state);
      assert.match(state().detail ?? "", new RegExp(`handshake was answered with HTTP ${status}`));
      exchange.control({ command: "refuse", forMs: 0 });
      await until("up", () => state().state === "up");
    }));
}
