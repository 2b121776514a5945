import assert from "node:assert/strict";
import type { Candle } from "../../../lib/candles/candle.ts";
import { decimal, formatDecimal } from "../../../lib/candles/decimal.ts";
import { epochSeconds } from "../../../lib/candles/granularity.ts";
import { type Multiple, parseMultiple } from "../../../lib/candles/multiple.ts";
import { decodeCandle, encodeCandle } from "../../../lib/candles/wire.ts";
import { sampleCandle } from "../../../tests/sample_candles.ts";
import { PartListener } from "./part_listener.ts";

const BEGIN = 1_704_567_600;

function threeMinutes(): Multiple {
  const multiple = parseMultiple("3m");
  assert.ok(multiple);
  return multiple;
}

/** The nth minute, of volume 1. */
function minute(n: number): Candle {
  return sampleCandle({
    start: epochSeconds(BEGIN + 60 * n),
    volume: decimal("1"),
    firstTradeId: 10 * n + 1,
    lastTradeId: 10 * n + 10,
    isComplete: true,
    exact: true,
  });
}

/** A listener over a history that the test fills, and what came out of it: minute of the start and volume. */
function listening(newest: number | null = null) {
  const stored: Candle[] = [];
  const requested: number[] = [];
  const out: string[] = [];
  const answers: (() => void)[] = [];
  const parts = new PartListener({
    multiple: threeMinutes(),
    newest,
    listener: {
      candle(text) {
        const candle = decodeCandle(text);
        assert.ok(candle);
        out.push(`${(candle.start - BEGIN) / 60}: ${formatDecimal(candle.volume)}`);
      },
      reset: () => out.push("reset"),
    },
    async fetchParts(from) {
      requested.push((from - BEGIN) / 60);
      const found = stored.filter(({ start }) => start >= from);
      await new Promise<void>((resolve) => answers.push(resolve));
      return found;
    },
    pause: () => Promise.resolve(),
  });
  const answer = async () => {
    answers.shift()?.();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  const come = (n: number) => parts.candle(encodeCandle(minute(n)));
  return { parts, stored, requested, out, answer, come };
}

Deno.test("part listener - a part is merged with those of its bucket that history has", async () => {
  const { parts, stored, requested, out, answer, come } = listening(BEGIN + 3 * 60);
  stored.push(minute(0), minute(3), minute(4));
  come(4);
  assert.deepEqual(requested, [0], "and of the bucket before, which may just be over");
  come(5);
  assert.deepEqual(out, [], "what comes during the read waits");
  await answer();
  assert.deepEqual(out.at(-1), "3: 3");
  come(6);
  assert.deepEqual(out.slice(-2), ["3: 3", "6: 1"]);
  assert.equal(requested.length, 1);
  parts.close();
});

Deno.test("part listener - after an old part that comes first, not everything since then is read", async () => {
  const { parts, stored, requested, answer, come } = listening(BEGIN + 30 * 60);
  stored.push(minute(30));
  come(2);
  assert.deepEqual(requested, [27]);
  await answer();
  parts.close();
});

Deno.test("part listener - after a gap of the stream the parts are read again", async () => {
  const { parts, stored, requested, out, answer, come } = listening(BEGIN);
  stored.push(minute(0));
  come(0);
  await answer();
  parts.reset();
  assert.deepEqual(out.at(-1), "reset");
  // The stream lost minute 1, which history has.
  stored.push(minute(1));
  come(2);
  await answer();
  assert.equal(requested.length, 2);
  assert.equal(out.at(-1), "0: 3");
  parts.close();
});

Deno.test("part listener - parts that were read before a gap are not used after it", async () => {
  const { parts, stored, requested, out, answer, come } = listening(BEGIN);
  stored.push(minute(0));
  come(0);
  parts.reset();
  stored.push(minute(1));
  await answer();
  assert.deepEqual(out, ["reset"]);
  assert.equal(requested.length, 2);
  await answer();
  come(2);
  assert.equal(out.at(-1), "0: 3");
  parts.close();
});

Deno.test("part listener - nothing comes out after it was closed", async () => {
  const { parts, stored, out, answer, come } = listening(BEGIN);
  stored.push(minute(0));
  come(0);
  parts.close();
  await answer();
  assert.deepEqual(out, []);
});
