import { strict as assert } from "node:assert";
import type { Bus } from "../../lib/bus/bus.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { openTestBus } from "../harness/bus_comparison.ts";
import { NatsCluster } from "../harness/nats_cluster.ts";
import { timely, until } from "../harness/wait.ts";
import { sampleCandle } from "../sample_candles.ts";

const ROUND = 2_000;
const READS = 8;

Deno.test("lagging node - closed candles that one server of a cluster has not copied yet are still read", async () => {
  const directory = await Deno.makeTempDir();
  const cluster = await NatsCluster.start(directory, 3);
  try {
    const bus = await openTestBus(cluster.url);
    try {
      let acknowledged = 0;
      const publisher = bus.closedPublisher({
        onAck: () => acknowledged++,
        onConflict: () => assert.fail("no other publishes"),
        onOverflow: () => assert.fail("all of it fits"),
      });
      let queued = 0;
      for (const node of cluster.nodes) {
        Deno.kill(node.pid, "SIGSTOP");
        for (let n = 0; n < ROUND; n++) {
          publisher.enqueue(
            sampleCandle({ start: epochSeconds(1_704_585_600 + 60 * queued++), isComplete: true }),
          );
        }
        // The two others continue without it, after an election if it led.
        await until("most of a round", () => acknowledged > queued - ROUND / 4, {
          timeoutMs: 60_000,
        });
        Deno.kill(node.pid, "SIGCONT");
        for (let n = 0; n < READS; n++) await readNewest(bus);
      }
    } finally {
      await bus.close();
    }
  } finally {
    await cluster.kill();
    await Deno.remove(directory, { recursive: true });
  }
});

/** Reads up to what is the newest now: each sequence once, none left out. */
async function readNewest(bus: Bus): Promise<void> {
  const { first, last } = await until(
    "the stream's bounds",
    () => bus.closedBounds().catch(() => null),
  );
  const after = Math.max(first - 1, last - ROUND);
  const sequences: number[] = [];
  for await (const { sequence } of timely("the closed candles", bus.closedAfter(after))) {
    if (sequence <= last) sequences.push(sequence);
  }
  assert.deepEqual(sequences, Array.from({ length: last - after }, (_, n) => after + 1 + n));
}
