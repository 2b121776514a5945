import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { nameInKeyFile, readPrivateKey, SigningKeyError } from "./private_key.ts";

const EC = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const ED = generateKeyPairSync("ed25519").privateKey;
const SEC1 = EC.export({ type: "sec1", format: "pem" }).toString();
const PKCS8 = EC.export({ type: "pkcs8", format: "pem" }).toString();
const ED_PKCS8 = ED.export({ type: "pkcs8", format: "pem" }).toString();

function seedOf(halves = 2): Buffer {
  const { d = "", x = "" } = ED.export({ format: "jwk" });
  return Buffer.concat([d, x].slice(0, halves).map((part) => Buffer.from(part, "base64url")));
}

/** Ways in which a text gets into a variable. */
const WAYS: Readonly<Record<string, (text: string) => string>> = {
  "as it is": (text) => text,
  "CRLF": (text) => text.replaceAll("\n", "\r\n"),
  "CR": (text) => text.replaceAll("\n", "\r"),
  "literal \\n": (text) => text.replaceAll("\n", "\\n"),
  "literal \\r\\n": (text) => text.replaceAll("\n", "\\r\\n"),
  "literal \\\\n": (text) => text.replaceAll("\n", "\\\\n"),
  "spaces": (text) => text.replaceAll("\n", " "),
  "no line ends": (text) => text.replaceAll("\n", ""),
  "no last line end": (text) => text.trimEnd(),
  "indented": (text) => text.replaceAll("\n", "\n    "),
  "double quotes": (text) => `"${text}"`,
  "single quotes": (text) => `'${text}'`,
  "both quotes": (text) => `'"${text.replaceAll("\n", "\\n")}"'`,
  "quotes and literal \\n": (text) => `"${text.replaceAll("\n", "\\n")}"`,
  "byte-order mark": (text) => `\uFEFF${text}`,
  "byte-order mark and quotes": (text) => `\uFEFF"${text}"\r\n`,
  "base64": (text) => Buffer.from(text).toString("base64"),
  "key file": (text) => JSON.stringify({ name: "organizations/a", privateKey: text }),
  "indented key file": (text) => JSON.stringify({ id: "5e0c", privateKey: text }, null, 2),
  "key file of other names": (text) => JSON.stringify({ keyName: "a", private_key: text }),
  "quoted key file": (text) => `'${JSON.stringify({ name: "a", privateKey: text })}'`,
  "escaped key file": (text) => JSON.stringify(JSON.stringify({ name: "a", privateKey: text })),
  "key file with real line ends": (text) => `{"name":"a",\n"privateKey":"${text}"}`,
  "key file in base64": (text) =>
    Buffer.from(JSON.stringify({ name: "a", privateKey: text })).toString("base64"),
};

Deno.test("private key - every form of it, in every way of writing it, is the same key", () => {
  const parameters =
    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  const forms: readonly (readonly [string, string, string])[] = [
    [SEC1, "ES256", PKCS8],
    [PKCS8, "ES256", PKCS8],
    [parameters + SEC1, "ES256", PKCS8],
    [SEC1.replaceAll(/-----.*-----/g, ""), "ES256", PKCS8],
    [PKCS8.replaceAll(/-----.*-----/g, ""), "ES256", PKCS8],
    [ED_PKCS8, "EdDSA", ED_PKCS8],
    [seedOf().toString("base64"), "EdDSA", ED_PKCS8],
    [seedOf(1).toString("base64"), "EdDSA", ED_PKCS8],
    [seedOf().toString("base64url"), "EdDSA", ED_PKCS8],
  ];
  for (const [form, algorithm, pem] of forms) {
    for (const [way, write] of Object.entries(WAYS)) {
      // Base64 of base64 is not supported.
      if (way === "base64" && !form.startsWith("-----BEGIN")) continue;
      assert.deepEqual(
        readPrivateKey(write(form)),
        { algorithm, pem },
        `${way}: ${form.slice(0, 30)}`,
      );
    }
  }
  assert.equal(nameInKeyFile(JSON.stringify({ name: "a/b", privateKey: SEC1 })), "a/b");
  assert.equal(nameInKeyFile(SEC1), null);
});

Deno.test("private key - a text that is not a key is refused with its kind, and shows nothing of itself", () => {
  const secret = "c2VjcmV0c2VjcmV0";
  const block = (label: string) => `-----BEGIN ${label}-----\n${secret}\n-----END ${label}-----`;
  const foreign = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }).x ?? "";
  const mixed = Buffer.concat([seedOf(1), Buffer.from(foreign, "base64url")]).toString("base64");
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /neither PEM nor base64/],
    ["not base64!", /neither PEM nor base64/],
    ["/run/secrets/key.json.", /neither PEM nor base64/],
    [secret, /part of it is missing or changed/],
    [block("EC PRIVATE KEY"), /part of it is missing or changed/],
    [block("RSA PRIVATE KEY"), /of the kind "RSA PRIVATE KEY"/],
    [block("PUBLIC KEY"), /of the kind "PUBLIC KEY"/],
    [block("OPENSSH PRIVATE KEY"), /of the kind "OPENSSH PRIVATE KEY"/],
    [block("ENCRYPTED PRIVATE KEY"), /encrypted/],
    [SEC1.slice(0, 150), /its last line is missing/],
    [`{"name": "${secret}"}`, /JSON without a privateKey/],
    [mixed, /public half belongs to another key/],
    [p384.export({ type: "sec1", format: "pem" }).toString(), /its curve is/],
    [p384.export({ type: "pkcs8", format: "pem" }).toString(), /its curve is/],
  ];
  for (const [text, reason] of refused) {
    assert.throws(() => readPrivateKey(text), (error: unknown) => {
      assert.ok(error instanceof SigningKeyError);
      assert.match(error.message, reason);
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(Deno.inspect(error), new RegExp(secret));
      return true;
    });
  }
});
