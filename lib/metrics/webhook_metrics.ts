import { Counter, Gauge, type Registry } from "prom-client";
import type { WebhookState } from "./status.ts";

/**
 * Registers metrics of webhooks, by their names in the operator's file. Returns a function that copies their states,
 * before each scrape.
 */
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
    help: "Candles set aside because a webhook's receiver did not accept them for a day.",
    labelNames: ["webhook"],
    registers,
  });
  const waiting = new Gauge({
    name: `${prefix}webhook_waiting_candles`,
    help: "Closed candles that a webhook's receiver has not accepted yet.",
    labelNames: ["webhook"],
    registers,
  });
  const failing = new Gauge({
    name: `${prefix}webhook_failing`,
    help: "1 while a webhook's receiver does not accept candles.",
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
