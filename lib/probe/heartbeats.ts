import { asList, isRecord } from "../coinbase/json.ts";
import { parseHeartbeatTime } from "../coinbase/time.ts";
import { type Assumption, Tally } from "./assumption.ts";
import { type Evidence, type Frame, quoteFrame } from "./evidence.ts";

/**
 * The longest pause between heartbeats that a bad connection explains: they are sent every second.
 */
const MAX_PAUSE_MS = 5000;
/** `CLOSE_GRACE_MS` by default: a candle closes when heartbeats are this far past its end. */
export const CLOSE_GRACE_MS = 2000;

/** The assumptions about heartbeats, which close candles where nothing is traded. */
export const HEARTBEATS: readonly Assumption[] = [
  {
    name: "heartbeats - current_time is Go's or ISO, the counter a number",
    check(evidence) {
      const tally = new Tally();
      for (const frame of beats(evidence)) {
        const event = eventOf(frame);
        const counter = event?.heartbeat_counter;
        const isNumber = typeof counter === "number"
          ? Number.isSafeInteger(counter)
          : digits(counter);
        const hasTime = event !== null && parseHeartbeatTime(event.current_time) !== null;
        tally.expect(hasTime && isNumber, () => quoteFrame(frame));
      }
      return tally.outcome("heartbeats");
    },
  },
  {
    name: "heartbeats - the counter goes up by one",
    check(evidence) {
      const tally = new Tally();
      let before: number | null = null;
      for (const frame of beats(evidence)) {
        const counter = Number(eventOf(frame)?.heartbeat_counter);
        if (!Number.isSafeInteger(counter)) continue;
        if (before !== null) {
          const expected: number = before + 1;
          tally.expect(
            counter === expected,
            () => `${expected} expected; ${quoteFrame(frame)}`,
          );
        }
        before = counter;
      }
      return tally.outcome("steps");
    },
  },
  {
    name: `heartbeats - one a second comes, never a pause of ${MAX_PAUSE_MS / 1000} s`,
    check: checkPauses,
  },
  {
    name: `heartbeats - no trade follows that is more than ${CLOSE_GRACE_MS} ms older`,
    check(evidence) {
      const tally = new Tally();
      let passedMs = -Infinity;
      for (const frame of evidence.of("main")) {
        const { message } = frame;
        if (message.kind === "heartbeat") passedMs = Math.max(passedMs, message.timeMs);
        if (message.kind !== "trades" || message.snapshot || passedMs === -Infinity) continue;
        for (const { timeMs, tradeId } of message.trades) {
          const lateMs = passedMs - timeMs;
          tally.expect(
            lateMs <= CLOSE_GRACE_MS,
            () => `trade ${tradeId} ${lateMs} ms behind a heartbeat; ${quoteFrame(frame)}`,
          );
        }
      }
      return tally.outcome("trades after heartbeats");
    },
  },
];

/** Measures pauses by both clocks: ours shows frames that stop, and the exchange's slow ones. */
function checkPauses(evidence: Evidence) {
  const tally = new Tally();
  const frames = evidence.of("main");
  let before = frames[0];
  let longestMs = 0;
  for (const frame of frames) {
    if (before === undefined) continue;
    const isBeat = frame.json?.channel === "heartbeats";
    if (!isBeat && frame !== frames.at(-1)) continue;
    const pauseMs = Math.max(frame.atMs - before.atMs, (sentMs(frame) - sentMs(before)) || 0);
    longestMs = Math.max(longestMs, pauseMs);
    if (pauseMs > MAX_PAUSE_MS) {
      tally.against(`${(pauseMs / 1000).toFixed(1)} s without one; ${quoteFrame(frame)}`);
    }
    if (isBeat) {
      tally.see();
      before = frame;
    }
  }
  return tally.outcome(() => `${tally.seen}, ${(longestMs / 1000).toFixed(1)} s apart at most`, 2);
}

function sentMs({ json }: Frame): number {
  return Date.parse(String(json?.timestamp));
}

function beats(evidence: Evidence): readonly Frame[] {
  return evidence.of("main").filter(({ json }) => json?.channel === "heartbeats");
}

function eventOf({ json }: Frame) {
  const event = asList(json?.events)?.at(-1);
  return isRecord(event) ? event : null;
}

function digits(text: unknown): boolean {
  return typeof text === "string" && /^\d{1,15}$/.test(text);
}
