import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** The private key is not of a kind that Coinbase issues. The message names its kind and shows nothing of the key. */
export class SigningKeyError extends Error {
  override readonly name = "SigningKeyError";
}

/** A private key of one of the two kinds that Coinbase issues. */
export interface PrivateKey {
  readonly algorithm: "ES256" | "EdDSA";
  /** PKCS#8 in PEM, whatever form it was given in. */
  readonly pem: string;
}

const NAMES = ["name", "id", "apiKeyName", "keyName"];
const KEYS = ["privateKey", "private_key", "apiKeySecret", "keySecret"];

const SEED_LENGTH = 32;
/** What PKCS#8 (RFC 8410) puts before an Ed25519 key's 32 bytes. */
const ED25519_HEADER = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/**
 * Reads a key in whichever way it got into a variable or a file: PEM (SEC1 or PKCS#8) with line ends of any kind, with
 * `\n` or spaces in their place or none, base64, the exchange's JSON key file, or any of them in quotes. Throws a
 * `SigningKeyError` with the reason.
 */
export function readPrivateKey(text: string): PrivateKey {
  const plain = plainText(text);
  return keyOf(plainText(valueIn(plain, KEYS) ?? plain));
}

/** The key's name in the exchange's JSON key file; null for any other text. */
export function nameInKeyFile(text: string): string | null {
  return valueIn(plainText(text), NAMES);
}

/** Removes what copying, shells and environment files put around a text. */
export function plainText(text: string): string {
  const bare = text.trim().replace(/^(["'`])([^]*)\1$/, "$2").trim();
  if (bare !== text) return plainText(bare);
  const unescaped = bare.replaceAll(/\\+r/g, "").replaceAll(/\\+n/g, "\n").replaceAll(/\\+"/g, '"');
  return decodedText(unescaped) ?? unescaped.trim();
}

/** Decodes base64, in which files are passed to platforms whose variables have one line. */
function decodedText(text: string): string | null {
  const bytes = bytesOf(text);
  if (bytes === null) return null;
  const inner = new TextDecoder().decode(bytes);
  return /^\s*(-----BEGIN|\{\s*")/.test(inner) ? plainText(inner) : null;
}

/** A string of a JSON object by one of its names, also if a shell has expanded the escaped line ends. */
function valueIn(text: string, names: readonly string[]): string | null {
  if (!text.startsWith("{")) return null;
  for (const name of names) {
    const [, value] = new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(text) ?? [];
    if (value !== undefined) return value.trim();
  }
  return null;
}

function keyOf(text: string): PrivateKey {
  if (text.startsWith("{")) throw refusal("it is JSON without a privateKey");
  const blocks = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/g);
  const found = Array.from(blocks, ([, label = "", body = ""]) => ({ label, body }));
  const block = found.find(({ label }) => label.endsWith("PRIVATE KEY")) ?? found[0];
  if (block !== undefined) return keyOfBlock(block.label, block.body);
  if (text.includes("-----BEGIN")) throw refusal("its last line is missing");
  const bytes = bytesOf(text);
  if (bytes === null) throw refusal("it is neither PEM nor base64");
  if (bytes.length === SEED_LENGTH || bytes.length === 2 * SEED_LENGTH) return keyOfSeed(bytes);
  return checked(imported(bytes, "pkcs8") ?? imported(bytes, "sec1"));
}

function keyOfBlock(label: string, body: string): PrivateKey {
  if (label.startsWith("ENCRYPTED") || body.includes("ENCRYPTED")) {
    throw refusal("it is encrypted with a passphrase");
  }
  if (!/^(EC )?PRIVATE KEY$/.test(label)) {
    throw refusal(`it is of the kind "${label.slice(0, 64)}"`);
  }
  const bytes = bytesOf(body);
  if (bytes === null) throw refusal("what is between its first and last line is not base64");
  return checked(imported(bytes, label === "PRIVATE KEY" ? "pkcs8" : "sec1"));
}

function keyOfSeed(bytes: Uint8Array<ArrayBuffer>): PrivateKey {
  const key = imported(
    new Uint8Array([...ED25519_HEADER, ...bytes.slice(0, SEED_LENGTH)]),
    "pkcs8",
  );
  const half = bytes.slice(SEED_LENGTH);
  if (key !== null && half.length > 0) {
    const { x } = createPublicKey(key).export({ format: "jwk" });
    if (x !== half.toBase64({ alphabet: "base64url", omitPadding: true })) {
      throw refusal("its public half belongs to another key");
    }
  }
  return checked(key);
}

function imported(bytes: Uint8Array<ArrayBuffer>, type: "pkcs8" | "sec1"): KeyObject | null {
  // Errors of the crypto library may quote their input, so they are not passed on as a cause.
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: "der", type });
  } catch {
    return null;
  }
}

function checked(key: KeyObject | null): PrivateKey {
  if (key === null) throw refusal("it cannot be decoded: part of it is missing or changed");
  const { asymmetricKeyType: kind, asymmetricKeyDetails } = key;
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  if (kind === "ed25519") return { algorithm: "EdDSA", pem };
  if (kind !== "ec") throw refusal(`it is of the kind ${kind}`);
  const curve = asymmetricKeyDetails?.namedCurve;
  if (curve !== "prime256v1" && curve !== "P-256") throw refusal(`its curve is ${curve}`);
  return { algorithm: "ES256", pem };
}

/**
 * Base64 in either alphabet, with or without padding, whatever white space is in it; null for any
 * other text.
 */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  const bare = text.replaceAll(/[\s\\]/g, "").replaceAll("-", "+").replaceAll("_", "/")
    .replace(/=+$/, "");
  if (bare === "") return null;
  try {
    return Uint8Array.fromBase64(bare);
  } catch {
    return null;
  }
}

function refusal(reason: string): SigningKeyError {
  return new SigningKeyError(reason);
}
