import type { Problem } from "../problem.ts";
import type { StreamAnswer } from "./hub_options.ts";
import type { RefusalReason } from "./stream_counts.ts";

/** The headers of every open stream: nothing on the way may keep, change or collect it. */
export const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
} as const;

const REFUSALS: Readonly<Record<RefusalReason, Pick<Problem, "status" | "title" | "detail">>> = {
  streams: {
    status: 503,
    title: "Too many streams",
    detail: "All streams of this server are taken.",
  },
  streams_per_address: {
    status: 429,
    title: "Too many streams from one address",
    detail: "Close one, or take several products and granularities in one stream.",
  },
  keys: {
    status: 503,
    title: "Too many keys",
    detail: "All streams together name too many products; products=* takes them all.",
  },
  closing: { status: 503, title: "The server is shutting down" },
};

/** What a refused stream is answered with. */
export function refusalProblem(refused: Extract<StreamAnswer, { kind: "refused" }>): Problem {
  return { ...REFUSALS[refused.reason], retryAfterSeconds: refused.retryAfterSeconds };
}
