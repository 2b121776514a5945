import assert from "node:assert/strict";
import { createMetrics } from "../metrics/metrics.ts";
import { exposition } from "./exposition.ts";

/** The values of a series, by its labels. */
function valuesOf(text: string, name: string): Record<string, number> {
  return Object.fromEntries(
    text.split("\n")
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .map((
        line,
      ) => [line.slice(name.length, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
  );
}

Deno.test("exposition - each worker's figures carry its number, and the parent's are as without workers", async () => {
  const parent = createMetrics();
  const workers = [createMetrics(), createMetrics()] as const;
  try {
    parent.tradesReceived.inc(5);
    for (const [index, worker] of workers.entries()) {
      worker.tradesReceived.inc(100);
      worker.observeRequests({ rate: index + 1 }, { cut: 0, bytes: 0 });
    }
    const families = await Promise.all(workers.map((worker) => worker.families()));
    const text = await exposition(
      await parent.families(),
      new Map(families.map((each, index) => [index + 1, each])),
    );
    assert.deepEqual(valuesOf(text, "spot_canvas_trades_received_total"), { "": 5 });
    assert.deepEqual(valuesOf(text, "spot_canvas_requests_refused_total"), {
      '{reason="rate",worker="1"}': 1,
      '{reason="rate",worker="2"}': 2,
    });
    assert.deepEqual(Object.keys(valuesOf(text, "spot_canvas_heap_used_bytes")), [
      "",
      '{worker="1"}',
      '{worker="2"}',
    ]);
    assert.equal(text.match(/^# HELP spot_canvas_heap_used_bytes /gm)?.length, 1);
    // No family of a single process is missing.
    for (const { name } of await parent.families()) {
      assert.match(text, new RegExp(`^# TYPE ${name} `, "m"));
    }
  } finally {
    for (const metrics of [parent, ...workers]) metrics.close();
  }
});
