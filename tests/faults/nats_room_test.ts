import assert from "node:assert/strict";
import { join } from "node:path";
import { SmallDisk } from "../harness/small_disk.ts";
import { sampleCandle } from "../sample_candles.ts";
import { openBus } from "../../lib/bus/bus.ts";
import { KEEPS_NOTHING } from "../../lib/bus/bus_error.ts";
import { epochSeconds } from "../../lib/candles/granularity.ts";
import { startNats } from "../../lib/embedded/mod.ts";
import { TEST_BIN_DIR } from "../../lib/embedded/test_bin.ts";
import { logger } from "../../lib/log.ts";
import { restartWhenRoom } from "../../lib/app/nats_disk_space.ts";
import { pause, until } from "../harness/wait.ts";

const SILENT = { info() {}, warn() {}, error() {} };

Deno.test("NATS' disk - an embedded NATS that ran out of disk space takes every candle once there is some", async () => {
  const base = await Deno.makeTempDir({ prefix: "spot-canvas-room-" });
  const dataDir = join(base, "disk");
  await Deno.mkdir(dataDir);
  const disk = await SmallDisk.mount(dataDir, 128);
  const nats = await startNats({ dataDir, binDir: TEST_BIN_DIR, progress: () => {} });
  const bus = await openBus({ servers: [nats.url], replicas: 1, log: SILENT });
  const stop = restartWhenRoom(bus, nats, logger("test"));
  try {
    const starts: number[] = [];
    const publisher = bus.closedPublisher({
      onAck: ({ candle }) => starts.push(candle.start),
      onOverflow: () => assert.fail("nothing overflows"),
      onConflict: () => assert.fail("nothing conflicts"),
    });
    await disk.fill();
    const total = 5000;
    const startOf = (i: number) => epochSeconds(1_704_567_600 + i * 60);
    for (let i = 0; i < total; i++) publisher.enqueue(sampleCandle({ start: startOf(i) }));
    await until("a server that keeps nothing", () => bus.state().reason === KEEPS_NOTHING);
    const first = nats.pid;
    await pause(3000);
    assert.equal(nats.pid, first, "it is left alone while there is no room");
    await disk.free();
    await publisher.idle();
    assert.notEqual(nats.pid, first);
    assert.deepEqual(starts, Array.from({ length: total }, (_, i) => startOf(i)));
  } finally {
    stop();
    await bus.close();
    await nats.stop();
    await disk.unmount();
    await Deno.remove(base, { recursive: true });
  }
});
