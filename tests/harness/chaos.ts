import { CORRUPTIONS, type FaultRates, GARBAGE } from "../../lib/exchange_simulator/mod.ts";
import { Random } from "../../lib/exchange_simulator/random.ts";
import type { Scenario } from "./scenario.ts";
import { pause } from "./wait.ts";

type Act = (it: Scenario, random: Random) => Promise<void> | void;

/** What can go wrong, by name and how likely it is against the others. */
const ACTS: Readonly<Record<string, readonly [weight: number, act: Act]>> = {
  "unreliable frames": [
    6,
    (it, random) => it.control({ command: "faults", rates: frames(random) }),
  ],
  "unreliable answers": [4, (it, random) => it.control({ command: "faults", rates: rest(random) })],
  "all well": [4, (it) => it.control({ command: "clearFaults" })],
  "cut": [4, (it) => it.control({ command: "cut" })],
  "refuse": [
    2,
    (it, random) => it.control({ command: "cut", refuseForMs: random.whole(10, 200) * 1000 }),
  ],
  "silence": [
    2,
    (it, random) => it.control({ command: "silence", forMs: random.whole(10, 300) * 1000 }),
  ],
  "stall": [
    2,
    (it, random) => it.control({ command: "stall", forMs: random.whole(10, 90) * 1000 }),
  ],
  "lost frames": [
    3,
    (it, random) => it.control({ command: "dropFrames", count: random.whole(1, 60) }),
  ],
  "burst": [3, (it, random) =>
    it.control({
      command: "burst",
      product: anyOf(random, it.exchange.products),
      trades: random.whole(50, 500),
      spanMs: random.whole(1, 5) * 1000,
    })],
  "ids that never exist": [3, (it, random) =>
    it.control({
      command: "skipIds",
      product: anyOf(random, it.exchange.products),
      count: random.whole(1, 30),
    })],
  "corrupt trades": [2, (it, random) =>
    it.control({
      command: "corrupt",
      count: random.whole(1, 20),
      kind: anyOf(random, Object.keys(CORRUPTIONS)),
    })],
  "garbage": [
    2,
    (it, random) => it.control({ command: "garbage", kind: anyOf(random, Object.keys(GARBAGE)) }),
  ],
  "a jump of the clock": [
    1,
    (it, random) => it.control({ command: "clock", byMs: random.whole(30, 600) * 1000 }),
  ],
  "another speed": [3, (it, random) => {
    it.time.speed = random.whole(3, 40);
  }],
  "app killed": [3, async (it, random) => {
    await it.app.kill();
    await pause(random.whole(0, 2000));
    it.startApp();
    await pause(random.whole(0, 4000));
  }],
  "app restarted": [1, async (it, random) => {
    await it.app.terminate();
    await pause(random.whole(0, 1000));
    it.startApp();
    await pause(random.whole(0, 4000));
  }],
  "bus killed": [2, async (it, random) => {
    await it.nats.kill();
    await pause(random.whole(0, 4000));
    await it.nats.restart();
  }],
  "database killed": [2, async (it, random) => {
    await it.database?.kill();
    await pause(random.whole(0, 4000));
    await it.database?.restart();
  }],
};

/**
 * Lets one thing after another go wrong for `realMs`, as the seed determines; prints what it does.
 */
export async function wreakHavoc(it: Scenario, seed: number, realMs: number): Promise<void> {
  const random = new Random(seed, "chaos");
  const endMs = performance.now() + realMs;
  const total = Object.values(ACTS).reduce((sum, [weight]) => sum + weight, 0);
  const done: string[] = [];
  try {
    while (performance.now() < endMs) {
      let at = random.next() * total;
      const chosen = Object.entries(ACTS).find(([, [weight]]) => (at -= weight) < 0);
      if (chosen === undefined) continue;
      const [name, [, act]] = chosen;
      done.push(name);
      await act(it, random);
      await pause(random.whole(100, 2500));
    }
  } finally {
    console.log(`  seed ${seed}: ${done.join(", ")}`);
  }
}

const FRAME_FAULTS = [
  "dropFrame",
  "duplicateFrame",
  "reorderFrame",
  "delayFrame",
  "truncateFrame",
  "garbageFrame",
  "splitBatch",
  "mergeBatch",
  "shuffleTrades",
  "unsubscribedTrade",
  "corruptTrade",
  "wrongTime",
  "skipTradeId",
  "missingSnapshot",
  "lateSnapshot",
  "oddHeartbeat",
] as const;

const REST_FAULTS = [
  "rest429",
  "rest500",
  "restHtml",
  "restHang",
  "restTruncated",
  "restSlow",
] as const;

function frames(random: Random): Partial<FaultRates> {
  const rates: Partial<Record<keyof FaultRates, number>> = {
    delayMs: random.whole(1, 90) * 1000,
    snapshotDelayMs: random.whole(1, 60) * 1000,
  };
  for (const fault of FRAME_FAULTS) {
    if (random.chance(0.4)) rates[fault] = random.next() * 0.1;
  }
  return rates;
}

function rest(random: Random): Partial<FaultRates> {
  const rates: Partial<Record<keyof FaultRates, number>> = { restHangMs: 15_000 };
  for (const fault of REST_FAULTS) {
    if (random.chance(0.5)) rates[fault] = random.next() * 0.3;
  }
  return rates;
}

function anyOf(random: Random, choices: readonly string[]): string {
  return choices[random.whole(0, choices.length - 1)] ?? "";
}
