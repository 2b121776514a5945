import { importPKCS8, SignJWT } from "jose";
import { isRecord } from "./document.ts";
import { FirestoreError } from "./document_source.ts";

/** Emulators take any token; this one lets the rules pass. */
export const emulatorToken = () => Promise.resolve("owner");

const SCOPE = "https://www.googleapis.com/auth/datastore";
const TOKEN_URI = "https://oauth2.googleapis.com/token";
const LIFETIME_S = 3600;
/** Renewed early, so that no token expires during a request. */
const RENEW_S = 300;

/**
 * A source of tokens for a service account, by the text of its key file; renewed as needed. Throws a `FirestoreError`
 * if the text is not a key file; the source rejects with one if it gets no token.
 */
export function serviceAccountToken(
  keyFile: string,
  now: () => number,
  request: typeof fetch = fetch,
): () => Promise<string> {
  const { email, key, uri } = readKeyFile(keyFile);
  let held: { readonly token: string; readonly untilS: number } | null = null;
  return async () => {
    if (held !== null && now() < held.untilS) return held.token;
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(email)
      .setAudience(uri)
      .setIssuedAt(now())
      .setExpirationTime(now() + LIFETIME_S)
      .sign(await importPKCS8(key, "RS256"));
    const grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const body = new URLSearchParams({ grant_type: grant, assertion });
    const response = await request(uri, { method: "POST", body });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok || !isRecord(answer) || typeof answer.access_token !== "string") {
      throw new FirestoreError(`no access: the token's issuer answered ${response.status}`);
    }
    held = { token: answer.access_token, untilS: now() + LIFETIME_S - RENEW_S };
    return held.token;
  };
}

function readKeyFile(text: string): { email: string; key: string; uri: string } {
  const file = parse(text);
  const { client_email: email, private_key: key, token_uri: uri = TOKEN_URI } = file;
  if (typeof email !== "string" || typeof key !== "string" || typeof uri !== "string") {
    throw new FirestoreError("the credentials are not a service account's key file (JSON)");
  }
  return { email, key, uri };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
