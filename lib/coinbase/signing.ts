import { importPKCS8, SignJWT } from "jose";
import { readPrivateKey } from "./private_key.ts";

export interface SigningKey {
  /** `organizations/…/apiKeys/…`, or the key's id. */
  readonly keyName: string;
  /** In any of the forms that `readPrivateKey` reads. */
  readonly privateKey: string;
}

const LIFETIME_SECONDS = 120;

/**
 * Reads the key and returns a function that makes a fresh signature for each message. `now` is in
 * epoch milliseconds. Rejects with a `SigningKeyError` if the key cannot be read.
 */
export async function openSigner(
  { keyName, privateKey }: SigningKey,
  now: () => number = Date.now,
): Promise<() => Promise<string>> {
  const { algorithm, pem } = readPrivateKey(privateKey);
  const key = await importPKCS8(pem, algorithm);
  return () => {
    const seconds = Math.floor(now() / 1000);
    return new SignJWT({})
      .setProtectedHeader({ alg: algorithm, typ: "JWT", kid: keyName, nonce: nonce() })
      .setIssuer("cdp")
      .setSubject(keyName)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + LIFETIME_SECONDS)
      .sign(key);
  };
}

function nonce(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
