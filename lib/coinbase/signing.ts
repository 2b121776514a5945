import { createPrivateKey } from "node:crypto";
import { SignJWT } from "jose";

/** The private key is of no kind that Coinbase issues. The message holds nothing of it. */
export class SigningKeyError extends Error {
  override readonly name = "SigningKeyError";
}

/** A Coinbase API key. */
export interface SigningKey {
  /** `organizations/…/apiKeys/…`, or the key's id. */
  readonly keyName: string;
  /** An EC key as PEM (SEC1 or PKCS#8; line ends may be written `\n`), or a base64 Ed25519 key. */
  readonly privateKey: string;
}

const LIFETIME_SECONDS = 120;

/**
 * Reads the key and answers with what makes a fresh signature for each message. `now` is in epoch
 * milliseconds. Rejects with a `SigningKeyError` if the key cannot be read.
 */
export async function openSigner(
  { keyName, privateKey }: SigningKey,
  now: () => number = Date.now,
): Promise<() => Promise<string>> {
  const { algorithm, key } = await readKey(privateKey);
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

async function readKey(text: string): Promise<{ algorithm: "ES256" | "EdDSA"; key: CryptoKey }> {
  const pem = text.trim().replaceAll("\\n", "\n");
  // Errors of the crypto libraries may quote what they were given, so they are not passed on as a cause.
  try {
    return pem.startsWith("-----BEGIN")
      ? {
        algorithm: "ES256",
        key: await importKey(pkcs8OfPem(pem), { name: "ECDSA", namedCurve: "P-256" }),
      }
      : { algorithm: "EdDSA", key: await importKey(pkcs8OfSeed(pem), { name: "Ed25519" }) };
  } catch {
    throw new SigningKeyError(
      "the private key is neither a P-256 key as PEM nor a base64 Ed25519 key",
    );
  }
}

function importKey(pkcs8: Uint8Array<ArrayBuffer>, algorithm: EcKeyImportParams | Algorithm) {
  return crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
}

/** Coinbase gives EC keys as SEC1, WebCrypto reads only PKCS#8. */
function pkcs8OfPem(pem: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createPrivateKey(pem).export({ type: "pkcs8", format: "der" }));
}

/** What PKCS#8 (RFC 8410) puts before an Ed25519 key's 32 bytes. */
const ED25519_HEADER = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
const SEED_LENGTH = 32;

/** Coinbase gives the 32 bytes of the key followed by the 32 of its public half. */
function pkcs8OfSeed(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.fromBase64(base64);
  if (bytes.length !== SEED_LENGTH && bytes.length !== 2 * SEED_LENGTH) {
    throw new SigningKeyError("not the length of an Ed25519 key");
  }
  return new Uint8Array([...ED25519_HEADER, ...bytes.subarray(0, SEED_LENGTH)]);
}

function nonce(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
