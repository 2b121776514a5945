import { signedHeaders } from "./signature.ts";
import type { Webhook } from "./webhook.ts";

/** The outcome of a request. */
export type PostOutcome =
  | { readonly kind: "delivered" }
  /** The receiver answers, but does not accept this candle: others may be posted. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The receiver accepts nothing now. */
  | { readonly kind: "down"; readonly reason: string; readonly retryAfterMs: number | null };

const TIMEOUT_MS = 10_000;
const MAX_RETRY_AFTER_MS = 3_600_000;
/** Statuses that are not about the candle: too early, too many, too late. */
const AWAY = new Set([408, 425, 429]);

/**
 * Posts one candle, signed. Redirections are not followed, since the address is the operator's own. Rejects only when
 * `signal` is aborted.
 */
export async function post(
  { url, key }: Pick<Webhook, "url" | "key">,
  id: string,
  body: Uint8Array<ArrayBuffer>,
  nowMs: number,
  signal: AbortSignal,
): Promise<PostOutcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "user-agent": "spot-canvas",
        ...signedHeaders(key, id, Math.floor(nowMs / 1000), body),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    const { status, headers } = response;
    if (response.ok) return { kind: "delivered" };
    const reason = `it answered ${status}`;
    return status >= 500 || AWAY.has(status)
      ? { kind: "down", reason, retryAfterMs: retryAfter(headers.get("retry-after")) }
      : { kind: "refused", reason };
  } catch (error) {
    signal.throwIfAborted();
    const late = error instanceof DOMException && error.name === "TimeoutError";
    return {
      kind: "down",
      reason: late ? `no answer within ${TIMEOUT_MS / 1000} s` : "it cannot be reached",
      retryAfterMs: null,
    };
  }
}

/** Whole seconds only; a date is ignored. */
function retryAfter(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text)
    ? Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS)
    : null;
}
