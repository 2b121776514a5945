import { createHmac } from "node:crypto";

/**
 * The headers of a request by the Standard Webhooks specification, which has libraries in most languages. The signature
 * is an HMAC-SHA256 over id, timestamp and body, so that none of them can be changed, and the timestamp shows an old
 * request.
 */
export function signedHeaders(
  key: Uint8Array,
  id: string,
  timestampSeconds: number,
  body: Uint8Array,
): Record<string, string> {
  const mac = createHmac("sha256", key).update(`${id}.${timestampSeconds}.`).update(body);
  return {
    "webhook-id": id,
    "webhook-timestamp": `${timestampSeconds}`,
    "webhook-signature": `v1,${mac.digest("base64")}`,
  };
}
