import { Counter, Gauge, type Registry } from "prom-client";
import type { WebhookState } from "./status.ts";

/** Registers how webhooks are doing, by the names in the operator's file. The answer takes states over, before each scrape. */
export function addWebhookMetrics(
  registry: Registry,
  prefix: string,
): (states: readonly WebhookState[]) => void {
  const registers = [registry];
  const posts = new Counter({
    name: `${prefix}webhook_posts_total`,
    help: "Requests to a webhook's receiver, by outcome: delivered or failed.",
    labelNames: ["webhook", "outcome"],
    registers,
  });
  const deadLetters = new Counter({
    name: `${prefix}webhook_dead_letters_total`,
    help: "Candles set aside since a webhook's receiver did not take them for a day.",
    labelNames: ["webhook"],
    registers,
  });
  const waiting = new Gauge({
    name: `${prefix}webhook_waiting_candles`,
    help: "Closed candles that a webhook's receiver has not taken yet.",
    labelNames: ["webhook"],
    registers,
  });
  const failing = new Gauge({
    name: `${prefix}webhook_failing`,
    help: "1 while a webhook's receiver does not take candles.",
    labelNames: ["webhook"],
    registers,
  });
  return (states) => {
    posts.reset();
    deadLetters.reset();
    waiting.reset();
    failing.reset();
    for (const { name: webhook, state, delivered, failed, setAside, waiting: count } of states) {
      posts.inc({ webhook, outcome: "delivered" }, delivered);
      posts.inc({ webhook, outcome: "failed" }, failed);
      deadLetters.inc({ webhook }, setAside);
      failing.set({ webhook }, state === "degraded" ? 1 : 0);
      if (count !== null) waiting.set({ webhook }, count);
    }
  };
}
