import { strict as assert } from "node:assert";
import type { Bus } from "../../lib/bus/bus.ts";
import type { Follower } from "./follower.ts";

/** A closed candle as the stream has it. */
export interface ClosedCandle {
  readonly sequence: number;
  readonly key: string;
  readonly data: string;
}

/** A follower was given every closed candle it asked for since its first snapshot, each once and in order. */
export function assertHasAll(follower: Follower, stream: readonly ClosedCandle[]): void {
  assert.deepEqual(follower.faults, []);
  const { query, closed } = follower;
  const expected = expectedOf(follower, stream);
  const at = expected.findIndex(({ sequence, data }, at) =>
    closed[at]?.sequence !== sequence || closed[at]?.data !== data
  );
  assert.equal(at, -1, `${query} differs at ${at}: ${closed[at]?.sequence}`);
  // What closed while this was being read is newer than all of it.
  const newest = stream.at(-1)?.sequence ?? 0;
  const later = closed.slice(expected.length);
  assert.ok(later.every(({ sequence }) => sequence > newest), query);
}

/** All that CLOSED_CANDLES holds, in order. */
export async function closedCandles(bus: Bus): Promise<ClosedCandle[]> {
  const decoder = new TextDecoder();
  const candles: ClosedCandle[] = [];
  const { first } = await bus.closedBounds();
  for await (const { sequence, key, bytes } of bus.closedAfter(first - 1)) {
    candles.push({ sequence, key, data: decoder.decode(bytes) });
  }
  return candles;
}

/** What a follower should have been given since its first snapshot. */
export function expectedOf({ query, begunAt }: Follower, stream: readonly ClosedCandle[]) {
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
