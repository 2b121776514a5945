import { createHmac } from "node:crypto";

/**
 * The headers of a request as the Standard Webhooks specification has them, for which there are libraries in most
 * languages: the signature is an HMAC-SHA256 over id, timestamp and body, so that neither can be changed, and an old
 * request is seen by its timestamp.
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
