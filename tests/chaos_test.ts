import { strict as assert } from "node:assert";
import { wreakHavoc } from "./harness/chaos.ts";
import { unseenBy } from "./harness/bus_comparison.ts";
import { scenario } from "./harness/scenario.ts";
import { StreamClient } from "./harness/stream_client.ts";

// Slow: faults last for real time, since time-outs, retries and restarts do.

/** `CHAOS_SEED` repeats a run, as far as two machines' timing is alike. */
const SEED = Number(Deno.env.get("CHAOS_SEED") ?? 20_260_407);
const SECONDS = Number(Deno.env.get("CHAOS_SECONDS") ?? 25);

Deno.test(
  `chaos - whatever goes wrong for ${SECONDS} s, all candles are right in the end, and a stream has lost none`,
  scenario({ breaksPostgres: true, exchange: { seed: SEED, abruptCuts: true } }, async (it) => {
    const client = new StreamClient(it.app.url, "products=*&granularities=*&closed=true");
    await it.minutes(2, 20);
    await wreakHavoc(it, SEED, SECONDS * 1000);
    await it.app.whenReady();
    await it.recovers({ timeoutMs: 90_000 });
    await it.agrees();
    await client.leave();
    assert.equal(client.resets, 0, "the stream reports that nothing was lost");
    assert.deepEqual(await unseenBy(client, it.nats.url), []);
  }),
);
