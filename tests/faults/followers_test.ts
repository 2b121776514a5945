import { Random } from "../../lib/exchange_simulator/random.ts";
import { openTestBus } from "../harness/bus_comparison.ts";
import { assertGetAll, closedCandles } from "../harness/closed_candles.ts";
import { Follower } from "../harness/follower.ts";
import { scenario } from "../harness/scenario.ts";
import { pause, until } from "../harness/wait.ts";

/** Real minutes; `CHAOS_SEED` repeats a run as far as two machines' timing is alike. */
const MINUTES = Number(Deno.env.get("FOLLOWERS_MINUTES") ?? 10);
const SEED = Number(Deno.env.get("CHAOS_SEED") ?? 20_260_407);
const FOLLOWERS = 50;
/** Exchange time per real time: a minute closes every two seconds. */
const SPEED = 30;
const PRODUCTS = 20;

Deno.test({
  name:
    `followers - ${FOLLOWERS} followers cut at random for ${MINUTES} minutes, over a kill -9 and a restart, get every closed candle once and in order`,
  // The slowest reconnects as long after the end as it may stay disconnected.
  timeout: (2 * MINUTES + 5) * 60_000,
  fn: scenario({
    exchange: { products: PRODUCTS, tradesPerSecond: 20, seed: SEED },
    env: { MAX_STREAMS_PER_IP: "100" },
  }, async (it) => {
    it.time.speed = SPEED;
    const follow = (query: string, staysMs: number | null, awayMs: number, name: string) =>
      new Follower(it.app.url, query, { staysMs, awayMs }, new Random(SEED, name));
    const steady = follow("products=*&granularities=*&closed=true", null, 0, "steady");
    const followers = Array.from({ length: FOLLOWERS }, (_, at) => {
      // A few stay disconnected so long that memory no longer has what they missed.
      const awayMs = at < 4 ? MINUTES * 24_000 : 5_000;
      return follow(queryOf(at, it.exchange.products), 20_000, awayMs, `follower ${at}`);
    });
    const all = [steady, ...followers];
    await until("every follower's first snapshot", () => all.every((each) => each.connects > 0));
    for (let minute = 0; minute < MINUTES; minute++) {
      await pause(60_000);
      const sum = (of: (each: Follower) => number) => all.reduce((sum, each) => sum + of(each), 0);
      console.log(
        `  minute ${minute + 1}: ${steady.closed.length} closed candles at the steady one; ` +
          `${sum((each) => each.cuts)} cuts, ${sum((each) => each.connects)} connects, ` +
          `${sum((each) => each.closed.length)} closed and ${sum((each) => each.live)} live in all`,
      );
      if (minute === Math.floor(MINUTES * 0.3)) await it.app.kill();
      else if (minute === Math.floor(MINUTES * 0.6)) await it.app.terminate();
      else continue;
      await pause(2_000);
      await it.startApp().whenReady();
    }
    it.time.speed = 0;
    const bus = await openTestBus(it.nats.url);
    try {
      let last = 0;
      await until("an end of closed candles", async () => {
        const before = last;
        last = (await bus.closedBounds()).last;
        return before === last;
      }, { everyMs: 5_000 });
      const stream = await closedCandles(bus);
      // A follower that is disconnected at the end reconnects automatically: the wait is for that.
      await assertGetAll(all, stream, MINUTES * 60_000 + 30_000);
      const metric = (name: string) => it.app.metric(name);
      console.log(
        `  ${stream.length} closed candles in CLOSED_CANDLES; ${all.length} followers agree; resumes of the ` +
          `last process: ${await metric("stream_resumes_total")}, resets: ${await metric(
            "stream_resets_total",
          )}`,
      );
    } finally {
      await bus.close();
      await Promise.all(all.map((each) => each.leave()));
    }
  }),
});

/** A subscription for each follower: all, lists and single keys; with and without live candles. */
function queryOf(at: number, products: readonly string[]): string {
  const product = products[at % products.length] ?? "";
  const next = products[(at + 7) % products.length] ?? "";
  const queries = [
    "products=*&granularities=*&closed=true",
    `products=${product},${next}&granularities=ONE_MINUTE,FIVE_MINUTE`,
    `products=${product}&granularities=*`,
    "products=*&granularities=ONE_MINUTE&closed=true",
    `products=${product}&granularities=ONE_MINUTE`,
    "products=*&granularities=FIVE_MINUTE,ONE_HOUR",
  ];
  return queries[at % queries.length] ?? "";
}
