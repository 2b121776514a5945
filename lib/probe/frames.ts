import { asList, isRecord } from "../coinbase/json.ts";
import { DEFAULT_TIMINGS } from "../coinbase/feed_context.ts";
import { MAX_FRAME_LENGTH } from "../coinbase/messages.ts";
import { parseIsoTime } from "../coinbase/time.ts";
import { type Assumption, Tally } from "./assumption.ts";
import { type Evidence, type Frame, quoteFrame, rawTrades } from "./evidence.ts";
import type { ConnectionName } from "./recording.ts";

/** The assumptions of `lib/coinbase` about every frame. */
export const FRAMES: readonly Assumption[] = [
  {
    name: "frames - the product understands every frame and every trade in it",
    check(evidence) {
      const tally = new Tally();
      for (const frame of ours(evidence)) {
        tally.expect(isUnderstood(frame), () => quoteFrame(frame));
      }
      return tally.outcome("frames");
    },
  },
  {
    name: `frames - all are text, of at most ${MAX_FRAME_LENGTH} characters`,
    check(evidence) {
      const tally = new Tally();
      evidence.entries.forEach((entry, index) => {
        if (entry.kind === "binary") {
          tally.expect(
            false,
            () => `line ${index + 2}, ${entry.bytes} bytes on ${entry.connection}`,
          );
        }
      });
      for (const frame of evidence.frames) {
        tally.expect(frame.length <= MAX_FRAME_LENGTH, () => quoteFrame(frame));
      }
      return tally.outcome("frames");
    },
  },
  {
    name: "frames - each has its channel, its time, its number and a list of events",
    check(evidence) {
      const tally = new Tally();
      for (const frame of ours(evidence)) {
        tally.expect(hasEnvelope(frame), () => quoteFrame(frame));
      }
      return tally.outcome("frames");
    },
  },
  {
    name: "frames - sequence_num counts a connection's messages of all channels, from 0",
    check(evidence) {
      const tally = new Tally();
      for (const connection of OURS) {
        let expected = 0;
        for (const frame of evidence.of(connection)) {
          const sequence = frame.json?.sequence_num;
          if (typeof sequence !== "number") continue;
          tally.expect(
            sequence === expected,
            () => `${expected} expected; ${quoteFrame(frame)}`,
          );
          expected = sequence + 1;
        }
      }
      return tally.outcome("numbers", 2);
    },
  },
  {
    name: "frames - events of market_trades are snapshots or updates",
    check(evidence) {
      const tally = new Tally();
      for (const frame of tradeFrames(evidence)) {
        for (const event of asList(frame.json?.events) ?? []) {
          const type = isRecord(event) ? event.type : null;
          tally.expect(type === "snapshot" || type === "update", () => quoteFrame(frame));
        }
      }
      return tally.outcome("events");
    },
  },
  {
    name: "frames - prices and sizes are strings, trade ids strings of at most 16 digits",
    check(evidence) {
      const tally = new Tally();
      for (const frame of tradeFrames(evidence)) {
        for (const row of rawTrades(frame)) {
          tally.expect(hasTexts(row), () => `${JSON.stringify(row)} in ${quoteFrame(frame)}`);
        }
      }
      return tally.outcome("trades");
    },
  },
  {
    name: "frames - an update's trades are not older than an hour nor ahead of their message",
    check(evidence) {
      const tally = new Tally();
      for (const frame of tradeFrames(evidence)) {
        const { message } = frame;
        if (message.kind !== "trades") continue;
        tally.see(message.trades.length);
        const { dropped } = message;
        if (dropped?.has("time_ahead") || dropped?.has("time_behind")) {
          tally.expect(false, () => quoteFrame(frame));
        }
      }
      return tally.outcome("trades");
    },
  },
  {
    name: "frames - subscriptions are acknowledged with all that is subscribed",
    check(evidence) {
      const tally = new Tally();
      const main = evidence.of("main");
      for (const frame of main) {
        if (frame.message.kind === "error") tally.expect(false, () => quoteFrame(frame));
      }
      const subscribed = evidence.subscribed("main");
      const answers = main.filter(({ message }) => message.kind === "subscriptions");
      const last = answers.at(-1);
      if (last?.message.kind === "subscriptions") {
        const { products, heartbeats } = last.message;
        const isWhole = heartbeats &&
          subscribed.every((id) => [...products].some((one) => one === id));
        tally.expect(isWhole, () => quoteFrame(last));
      } else if (subscribed.length > 0 && waitedLong(evidence)) {
        tally.expect(false, () => `no answer to the subscription to ${subscribed.join(", ")}`);
      }
      return tally.outcome(() =>
        `${answers.length} acknowledgements of ${subscribed.length} products`
      );
    },
  },
  {
    name: "frames - only what is subscribed comes",
    check(evidence) {
      const tally = new Tally();
      for (const connection of OURS) {
        const subscribed = new Set(
          evidence.subscribed(connection).flatMap((id) => [id, id.replace(/-USDC$/, "-USD")]),
        );
        for (const frame of evidence.of(connection)) {
          if (frame.message.kind !== "trades") continue;
          for (const { productId } of frame.message.trades) {
            tally.expect(subscribed.has(productId), () => `${productId} in ${quoteFrame(frame)}`);
          }
        }
      }
      return tally.outcome("trades");
    },
  },
  {
    name: "frames - a subscription to an unknown product is answered by an error with a message",
    check(evidence) {
      const tally = new Tally();
      for (const frame of evidence.of("stranger")) {
        const { kind } = frame.message;
        const isError = kind === "error" && typeof frame.json?.message === "string";
        if (kind === "heartbeat") continue;
        tally.expect(isError, () => quoteFrame(frame));
      }
      return tally.outcome("answers");
    },
  },
  {
    name: "frames - a connection with heartbeats stays open",
    check(evidence) {
      const tally = new Tally();
      if (evidence.of("main").length > 0) tally.see();
      evidence.entries.forEach((entry, index) => {
        if (entry.kind !== "closed" || entry.connection !== "main") return;
        tally.against(`line ${index + 2}, closed with ${entry.code} ${entry.reason}`.trim());
      });
      return tally.outcome("connection");
    },
  },
];

const OURS: readonly ConnectionName[] = ["main", "second", "twin"];

/** The frames of subscriptions that are in order. */
function ours(evidence: Evidence): readonly Frame[] {
  return evidence.frames.filter(({ connection }) => OURS.includes(connection));
}

function tradeFrames(evidence: Evidence): readonly Frame[] {
  return ours(evidence).filter(({ json }) => json?.channel === "market_trades");
}

function isUnderstood({ message }: Frame): boolean {
  if (message.kind === "unknown") return false;
  if (message.kind !== "trades" || message.dropped === null) return true;
  // Times are a separate assumption.
  return [...message.dropped.keys()].every((fault) =>
    fault === "time_ahead" || fault === "time_behind"
  );
}

function hasEnvelope({ json, message }: Frame): boolean {
  if (json === null) return false;
  if (message.kind === "error") return true;
  return typeof json.channel === "string" && parseIsoTime(json.timestamp) !== null &&
    Number.isSafeInteger(json.sequence_num) && Array.isArray(json.events) && json.events.length > 0;
}

function hasTexts(row: unknown): boolean {
  if (!isRecord(row)) return false;
  const { trade_id: id, price, size } = row;
  return typeof id === "string" && /^\d{1,16}$/.test(id) && typeof price === "string" &&
    typeof size === "string";
}

function waitedLong({ entries }: Evidence): boolean {
  const opened = entries.find(({ kind }) => kind === "sent");
  const last = entries.at(-1);
  return opened !== undefined && last !== undefined &&
    last.atMs - opened.atMs >= DEFAULT_TIMINGS.subscriptionMs;
}
