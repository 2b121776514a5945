import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { decodeProtectedHeader, jwtVerify, type JWTVerifyResult } from "jose";
import { SigningKeyError } from "./private_key.ts";
import { openSigner } from "./signing.ts";

const KEY_NAME = "organizations/1/apiKeys/2";
const NOW_MS = 1_775_572_202_789;

function ecKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    sec1: privateKey.export({ type: "sec1", format: "pem" }).toString(),
    pkcs8: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey,
  };
}

Deno.test("signing - an EC key signs with ES256, in all the ways its PEM is written", async () => {
  const { sec1, pkcs8, publicKey } = ecKey();
  for (const privateKey of [sec1, pkcs8, sec1.replaceAll("\n", "\\n"), `\n ${sec1} \n`]) {
    const sign = await openSigner({ keyName: KEY_NAME, privateKey }, () => NOW_MS);
    const { payload, protectedHeader } = await jwtVerify(await sign(), publicKey, {
      currentDate: new Date(NOW_MS),
    });
    const seconds = Math.floor(NOW_MS / 1000);
    assert.deepEqual(payload, { iss: "cdp", sub: KEY_NAME, nbf: seconds, exp: seconds + 120 });
    assert.equal(protectedHeader.alg, "ES256");
    assert.equal(protectedHeader.kid, KEY_NAME);
  }
});

Deno.test("signing - a base64 Ed25519 key signs with EdDSA, with and without its public half", async () => {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("no key pair");
  const seed = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)).slice(-32);
  const half = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  for (const bytes of [seed, new Uint8Array([...seed, ...half])]) {
    const sign = await openSigner({ keyName: KEY_NAME, privateKey: bytes.toBase64() });
    const verified: JWTVerifyResult = await jwtVerify(await sign(), pair.publicKey);
    assert.equal(verified.protectedHeader.alg, "EdDSA");
  }
});

Deno.test("signing - every signature has a new nonce", async () => {
  const sign = await openSigner({ keyName: KEY_NAME, privateKey: ecKey().sec1 });
  const nonces = [await sign(), await sign()].map((jwt) => decodeProtectedHeader(jwt).nonce);
  assert.equal(new Set(nonces).size, 2);
});

Deno.test("signing - a key of another kind is refused with an error that shows nothing of it", async () => {
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const secret = "c2VjcmV0c2VjcmV0";
  const broken = `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----`;
  const others = [
    "",
    secret,
    "not base64!",
    broken,
    p384.export({ type: "sec1", format: "pem" }).toString(),
  ];
  for (const privateKey of others) {
    await assert.rejects(openSigner({ keyName: KEY_NAME, privateKey }), (error: unknown) => {
      assert.ok(error instanceof SigningKeyError);
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(Deno.inspect(error), new RegExp(secret));
      return true;
    });
  }
});
