import assert from "node:assert/strict";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { encodeCandle } from "../candles/wire.ts";
import type { Clock } from "../time/clock.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { pause } from "../time/pause.ts";
import type { PostOutcome } from "./post.ts";
import { type Letter, Sender, TIMEOUT_MS } from "./sender.ts";
import { parseWebhooks } from "./webhook.ts";

const SECRET = `whsec_${new Uint8Array(32).toBase64()}`;
const FILE = { webhooks: [{ name: "risk", url: "http://x", secret: SECRET, exactOnly: true }] };
const [WEBHOOK] = parseWebhooks(JSON.stringify(FILE));
const DOWN: PostOutcome = { kind: "down", reason: "it answered 503", retryAfterMs: null };
const REFUSED: PostOutcome = { kind: "refused", reason: "it answered 400" };
const TAKEN: PostOutcome = { kind: "delivered" };
const DAY_MS = 86_400_000;
/** A clock whose timers never fire. */
const NO_CLOCK: Clock = { now: () => 0, wallMs: () => 0, after: () => () => {} };

interface Bench {
  readonly clock: FakeClock;
  readonly sender: Sender;
  /** `BTC-USD:3` for each request, in order. */
  readonly posted: string[];
  readonly done: number[];
  readonly aside: number[];
  underWay: number;
  mostUnderWay: number;
  answer: (letter: string) => PostOutcome;
}

/** A sender with its letters; time passes by hand. */
async function withSender(
  letters: readonly Letter[],
  answer: Bench["answer"],
  test: (bench: Bench) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  const stop = new AbortController();
  const bench: Bench = {
    clock,
    posted: [],
    done: [],
    aside: [],
    underWay: 0,
    mostUnderWay: 0,
    answer,
    sender: new Sender({
      webhook: WEBHOOK ?? assert.fail(),
      clock,
      log: { warn() {}, info() {} },
      async post(id, _body, signal) {
        const [, product = "", sequence = ""] = /^(\w+-\w+)\.\w+\.(\d+)$/.exec(id) ?? [];
        bench.mostUnderWay = Math.max(bench.mostUnderWay, ++bench.underWay);
        await pause(50, signal, clock);
        bench.underWay--;
        bench.posted.push(`${product}:${sequence}`);
        return bench.answer(`${product}:${sequence}`);
      },
      setAside: (letter) => Promise.resolve(void bench.aside.push(letter.sequence)),
    }),
  };
  const running = bench.sender.run({
    async *letters(signal) {
      yield* letters;
      await pause(Infinity, signal, NO_CLOCK);
    },
    done: (sequence) => bench.done.push(sequence),
  }, stop.signal);
  try {
    await clock.pass(0);
    await test(bench);
  } finally {
    stop.abort();
    await running;
  }
}

/** Lets time pass in steps, so that chains of promises settle. */
async function passes(clock: FakeClock, ms: number): Promise<void> {
  for (let step = 0; step < 100; step++) await clock.pass(ms / 100);
}

let clockStart = new FakeClock().wallMs();

function letter(sequence: number, id = "BTC-USD", exact = true): Letter {
  const candle = sampleCandle({
    productId: productId(id),
    start: epochSeconds(1_704_567_600 + 60 * sequence),
    exact,
  });
  return {
    sequence,
    key: `${id}.ONE_MINUTE`,
    bytes: new TextEncoder().encode(encodeCandle(candle)),
    publishedMs: clockStart,
  };
}

Deno.test("webhook sender - what a webhook is not for is done without a request", async () => {
  await withSender([letter(1, "BTC-USD", false), letter(2)], () => TAKEN, async (bench) => {
    await bench.clock.pass(100);
    assert.deepEqual(bench.posted, ["BTC-USD:2"]);
    assert.deepEqual(bench.done, [1, 2]);
  });
});

Deno.test("webhook sender - a receiver that is down gets one request at a time, with growing delays, and all in order", async () => {
  const letters = [1, 2, 3, 4].flatMap((n) => [letter(2 * n), letter(2 * n + 1, "ETH-USD")]);
  await withSender(letters, () => DOWN, async (bench) => {
    await bench.clock.pass(3_600_000);
    assert.ok(bench.posted.length > 50 && bench.posted.length < 75, `${bench.posted.length}`);
    assert.deepEqual(bench.done, []);
    assert.equal(bench.sender.state.failure, "it answered 503");
    bench.posted.length = 0;
    bench.answer = () => TAKEN;
    await passes(bench.clock, 60_000);
    const of = (id: string) => bench.posted.filter((one) => one.startsWith(id));
    assert.deepEqual(of("BTC"), ["BTC-USD:2", "BTC-USD:4", "BTC-USD:6", "BTC-USD:8"]);
    assert.deepEqual(of("ETH"), ["ETH-USD:3", "ETH-USD:5", "ETH-USD:7", "ETH-USD:9"]);
    assert.deepEqual(bench.done.sort(), [2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(bench.sender.state.failure, null);
  });
});

Deno.test("webhook sender - a candle that is refused holds up its own key alone", async () => {
  const letters = [letter(1), letter(2), letter(3, "ETH-USD"), letter(4, "ETH-USD")];
  await withSender(letters, (one) => one === "BTC-USD:1" ? REFUSED : TAKEN, async (bench) => {
    await bench.clock.pass(60_000);
    assert.deepEqual(bench.done, [3, 4]);
    assert.ok(!bench.posted.includes("BTC-USD:2"));
    bench.answer = () => TAKEN;
    await bench.clock.pass(300_000);
    assert.deepEqual(bench.done, [3, 4, 1, 2]);
  });
});

Deno.test("webhook sender - after a day a candle is set aside, and the next one of its key is tried", async () => {
  const letters = [letter(1), letter(2), letter(3, "ETH-USD")];
  await withSender(letters, (one) => one === "BTC-USD:1" ? REFUSED : TAKEN, async (bench) => {
    await bench.clock.pass(DAY_MS - 600_000);
    assert.deepEqual(bench.aside, []);
    await bench.clock.pass(1_200_000);
    assert.deepEqual(bench.aside, [1]);
    assert.deepEqual(bench.done, [3, 1, 2]);
    assert.equal(bench.sender.state.setAside, 1);
  });
});

Deno.test("webhook sender - a receiver that is down for longer than a day gets what is younger when it is back", async () => {
  clockStart = new FakeClock().wallMs();
  const old = [letter(1), letter(2)];
  const young = { ...letter(3), publishedMs: clockStart + DAY_MS };
  await withSender([...old, young], () => DOWN, async (bench) => {
    await bench.clock.pass(TIMEOUT_MS + 300_000);
    assert.deepEqual(bench.aside, [1, 2]);
    assert.ok(!bench.posted.includes("BTC-USD:2"), "not each of them is posted to it");
    bench.answer = () => TAKEN;
    await bench.clock.pass(120_000);
    assert.deepEqual(bench.done, [1, 2, 3]);
  });
});

Deno.test("webhook sender - at most eight requests are under way to a receiver", async () => {
  const letters = Array.from({ length: 40 }, (_, n) => letter(n, `A${n}-USD`));
  await withSender(letters, () => TAKEN, async (bench) => {
    await passes(bench.clock, 1_000);
    assert.equal(bench.done.length, 40);
    assert.equal(bench.mostUnderWay, 8);
  });
});
