import { strict as assert } from "node:assert";
import type { Bus } from "../../lib/bus/bus.ts";
import type { Follower } from "./follower.ts";
import { pause, timely } from "./wait.ts";

/** A closed candle as the stream has it. */
export interface ClosedCandle {
  readonly sequence: number;
  readonly key: string;
  readonly data: string;
}

/**
 * Followers get every closed candle that they subscribed to since their first snapshots, each once and in order. Waits
 * for them, but not for one that was sent something wrong.
 */
export async function assertGetAll(
  followers: readonly Follower[],
  stream: readonly ClosedCandle[],
  timeoutMs: number,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  const waits = (each: Follower) =>
    each.faults.length === 0 && expectedOf(each, stream).length > each.closed.length;
  while (followers.some(waits) && performance.now() < endMs) await pause(250);
  for (const each of followers) assertHasAll(each, stream);
}

function assertHasAll(follower: Follower, stream: readonly ClosedCandle[]): void {
  const { query, closed, connects, faults } = follower;
  const who = `${query} of ${connects} connects`;
  assert.deepEqual(faults, [], who);
  const expected = expectedOf(follower, stream);
  const at = expected.findIndex(({ sequence, data }, at) =>
    closed[at]?.sequence !== sequence || closed[at]?.data !== data
  );
  const differs = `differs at ${at} of ${expected.length} (it has ${closed.length}), where ` +
    `${expected[at]?.sequence} should be: ${JSON.stringify(closed[at])}`;
  assert.equal(at, -1, `${who} ${differs}`);
  // What closed while the stream was being read is newer than all of it.
  const newest = stream.at(-1)?.sequence ?? 0;
  assert.ok(closed.slice(expected.length).every(({ sequence }) => sequence > newest), who);
}

/** All that CLOSED_CANDLES holds, in order. */
export async function closedCandles(bus: Bus): Promise<ClosedCandle[]> {
  const decoder = new TextDecoder();
  const candles: ClosedCandle[] = [];
  const { first } = await bus.closedBounds();
  for await (
    const { sequence, key, bytes } of timely("the closed candles", bus.closedAfter(first - 1))
  ) {
    candles.push({ sequence, key, data: decoder.decode(bytes) });
  }
  return candles;
}

/** What a follower should have received since its first snapshot. */
function expectedOf({ query, begunAt }: Follower, stream: readonly ClosedCandle[]) {
  const wanted = new URLSearchParams(query);
  const has = (name: string, value: string) => {
    const list = wanted.get(name)?.split(",") ?? [];
    return list.includes("*") || list.includes(value);
  };
  return stream.filter(({ sequence, key }) => {
    const point = key.lastIndexOf(".");
    return sequence > (begunAt ?? Infinity) && has("products", key.slice(0, point)) &&
      has("granularities", key.slice(point + 1));
  });
}
