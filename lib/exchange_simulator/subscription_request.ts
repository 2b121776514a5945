const CHANNELS = new Set(["market_trades", "heartbeats", "status", "ticker", "candles"]);

/** A client's message after reading, or what is wrong with it. */
export type SubscriptionRequest =
  | {
    readonly type: "subscribe" | "unsubscribe";
    readonly channel: string;
    readonly productIds: readonly string[];
    readonly jwt: string | null;
  }
  | { readonly type: "bad"; readonly message: string };

/** Reads a client's message; products are checked by the feed, which knows them. */
export function parseSubscriptionRequest(data: unknown): SubscriptionRequest {
  if (typeof data !== "string") return bad("binary messages are not supported");
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return bad("failed to parse JSON message");
  }
  if (typeof message !== "object" || message === null) return bad("message must be an object");
  const { type, channel, product_ids: ids = [], jwt = null }: Record<string, unknown> = {
    ...message,
  };
  if (type !== "subscribe" && type !== "unsubscribe") return bad(`invalid type ${type}`);
  if (typeof channel !== "string" || !CHANNELS.has(channel)) {
    return bad(`channel ${channel} is not supported`);
  }
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) {
    return bad("product_ids must be an array of strings");
  }
  if (jwt !== null && typeof jwt !== "string") return bad("jwt must be a string");
  if (channel !== "heartbeats" && type === "subscribe" && ids.length === 0) {
    return bad("no product_ids provided");
  }
  return { type, channel, productIds: ids, jwt };
}

function bad(message: string): SubscriptionRequest {
  return { type: "bad", message };
}
