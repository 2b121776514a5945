import type { Assumption, Finding } from "./assumption.ts";
import { CANDLES } from "./candles.ts";
import { Evidence } from "./evidence.ts";
import { FRAMES } from "./frames.ts";
import { HEARTBEATS } from "./heartbeats.ts";
import { LIMITS } from "./limits.ts";
import { LISTINGS } from "./listings.ts";
import { PRODUCTS } from "./products.ts";
import type { Recording } from "./recording.ts";
import { SNAPSHOTS } from "./snapshots.ts";
import { TRADES } from "./trades.ts";

/** Every assumption about the exchange of `lib/coinbase` and what is built on it. */
export const ASSUMPTIONS: readonly Assumption[] = [
  ...FRAMES,
  ...HEARTBEATS,
  ...SNAPSHOTS,
  ...TRADES,
  ...LISTINGS,
  ...CANDLES,
  ...PRODUCTS,
  ...LIMITS,
];

/** Checks every assumption against a recording, in their order. */
export function checkAll(recording: Recording): readonly Finding[] {
  const evidence = new Evidence(recording);
  return ASSUMPTIONS.map((assumption) => ({
    name: assumption.name,
    ...assumption.check(evidence),
  }));
}
