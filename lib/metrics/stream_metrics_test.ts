import assert from "node:assert/strict";
import { ClosedLog } from "../../tests/closed_log.ts";
import { logOf, minute, open, withHub } from "../../tests/hub_set_up.ts";
import { createMetrics } from "./metrics.ts";

Deno.test("stream metrics - each scrape has what the hub counts by then", async () => {
  const log = logOf(new ClosedLog(), 3);
  const metrics = createMetrics();
  try {
    await withHub(log, async (hub) => {
      const sample = async (series: string) => {
        metrics.observeStreams(hub.stats());
        const text = await metrics.text();
        const line = text.split("\n").find((line) => line.startsWith(`spot_canvas_${series} `));
        return line === undefined ? null : Number(line.slice(line.lastIndexOf(" ")));
      };
      const reader = open(hub, { lastEventId: "1" });
      open(hub, { lastEventId: "nonsense" });
      await reader.drain();
      assert.equal(await sample("stream_clients"), 2);
      assert.equal(await sample('stream_resumes_total{source="memory"}'), 1);
      assert.equal(await sample('stream_resumes_total{source="history"}'), 0);
      assert.equal(await sample('stream_resets_total{reason="unparsable"}'), 1);
      assert.equal(await sample("stream_frames_sent_total"), 0);
      hub.deliver([log.append(minute(3))]);
      assert.equal(await sample("stream_frames_sent_total"), 2);
      hub.deliver([log.append(minute(4))]);
      assert.equal(await sample("stream_frames_sent_total"), 4);
      await reader.leave();
      assert.equal(await sample("stream_clients"), 1);
      await hub.close();
      hub.connect({
        subscription: { products: "*", granularities: ["ONE_DAY"], closedOnly: false },
        lastEventId: null,
        address: "a",
      });
      assert.equal(await sample('stream_refused_total{reason="closing"}'), 1);
      assert.equal(await sample('stream_drops_total{reason="closing"}'), 1);
    });
  } finally {
    metrics.close();
  }
});
