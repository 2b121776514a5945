import { Gauge, type Registry } from "prom-client";
import type { PartState, Status } from "./status.ts";

const STATES: readonly PartState["state"][] = [
  "starting",
  "up",
  "degraded",
  "down",
  "off",
  "standby",
];
const PARTS = ["feed", "bus", "store"] as const;

/**
 * Registers metrics of the status that `/readyz` shows. Returns a function that copies a status,
 * before each scrape.
 */
export function addPartMetrics(
  registry: Registry,
  prefix: string,
): (status: Pick<Status, typeof PARTS[number] | "products" | "repair" | "version">) => void {
  const registers = [registry];
  const partState = new Gauge({
    name: `${prefix}part_state`,
    help: "1 for the state that a part is in, 0 for the others.",
    labelNames: ["part", "state"],
    registers,
  });
  const info = new Gauge({
    name: `${prefix}info`,
    help: "Always 1; the label is the version.",
    labelNames: ["version"],
    registers,
  });
  const unavailable = new Gauge({
    name: `${prefix}products_unavailable`,
    help: "Products listed in PRODUCTS that are not followed.",
    registers,
  });
  const daysWaiting = new Gauge({
    name: `${prefix}repair_backlog`,
    help: "Stretches of products' days that wait to be repaired.",
    registers,
  });
  const unseeded = new Gauge({
    name: `${prefix}repair_products_unseeded`,
    help: "Products whose live candles are not complete yet.",
    registers,
  });
  const pages = new Gauge({
    name: `${prefix}repair_pages_wanted`,
    help: "Products with a wanted page from the exchange, by what it is for.",
    labelNames: ["class"],
    registers,
  });
  const oldestGap = new Gauge({
    name: `${prefix}repair_oldest_gap_seconds`,
    help: "How long ago the oldest open gap ended; 0 if none is open.",
    registers,
  });
  const pastDays = new Gauge({
    name: `${prefix}past_days_left`,
    help: "Days of products that are still to be rebuilt from trades.",
    registers,
  });
  const pastSeconds = new Gauge({
    name: `${prefix}past_seconds_left`,
    help: "Estimated time to rebuild them, at the recent rate; NaN while unknown.",
    registers,
  });
  const pastHidden = new Gauge({
    name: `${prefix}past_products_hidden`,
    help: "Products whose older trades the exchange does not show.",
    registers,
  });
  return (status) => {
    for (const part of PARTS) {
      for (const state of STATES) partState.set({ part, state }, +(status[part].state === state));
    }
    info.set({ version: status.version }, 1);
    unavailable.set(status.products.unavailable.length);
    daysWaiting.set(status.repair?.daysWaiting ?? 0);
    unseeded.set(status.repair?.unseeded ?? 0);
    oldestGap.set((status.repair?.oldestGapMs ?? 0) / 1000);
    const past = status.repair?.past;
    pastDays.set(past?.daysLeft ?? 0);
    pastSeconds.set(past === undefined ? 0 : past.secondsLeft ?? NaN);
    pastHidden.set(past?.hidden ?? 0);
    // A process that no longer ingests has no wanted pages.
    pages.reset();
    for (const [pageClass, count] of Object.entries(status.repair?.pages ?? {})) {
      pages.set({ class: pageClass }, count);
    }
  };
}
