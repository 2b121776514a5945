import assert from "node:assert/strict";
import { KEEPS_NOTHING } from "../bus/bus_error.ts";
import type { BusState } from "../bus/bus_state.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { restartWhenRoom } from "./nats_disk_space.ts";

const MEBIBYTE = 1024 * 1024;
const SILENT = { info() {}, warn() {}, error() {} };

function setUp(freeBytes: number) {
  const clock = new FakeClock();
  const nats = { free: freeBytes, restarts: 0, failures: 0 };
  const bus: { state: BusState } = { state: { state: "degraded", reason: KEEPS_NOTHING } };
  const end = restartWhenRoom(
    { state: () => bus.state },
    {
      freeBytes: () => Promise.resolve(nats.free),
      restart: () => {
        nats.restarts++;
        if (nats.failures-- > 0) return Promise.reject(new Error("the port is taken"));
        bus.state = { state: "up", reason: null };
        return Promise.resolve();
      },
    },
    SILENT,
    clock,
  );
  return { clock, nats, bus, end };
}

Deno.test("NATS' disk - a server that ran out of room is restarted once there is room, and then left alone", async () => {
  const { clock, nats, end } = setUp(10 * MEBIBYTE);
  await clock.pass(10_000);
  assert.equal(nats.restarts, 0, "with so little room it would stop again immediately");
  nats.free = 64 * MEBIBYTE;
  await clock.pass(10_000);
  assert.equal(nats.restarts, 1);
  end();
  assert.equal(clock.timers, 0);
});

Deno.test("NATS' disk - a restart that fails is tried again", async () => {
  const { clock, nats, end } = setUp(64 * MEBIBYTE);
  nats.failures = 2;
  await clock.pass(10_000);
  assert.equal(nats.restarts, 3);
  end();
});

Deno.test("NATS' disk - a server that is down for another reason is not restarted", async () => {
  const { clock, nats, bus, end } = setUp(64 * MEBIBYTE);
  bus.state = { state: "down", reason: "disconnected" };
  await clock.pass(10_000);
  assert.equal(nats.restarts, 0);
  end();
});
