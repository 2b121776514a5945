import assert from "node:assert/strict";
import { redactText, redactValue } from "./redact.ts";

Deno.test("log redaction - passwords, keys and tokens in a text are masked, and the rest stays readable", () => {
  const texts: readonly [string, string][] = [
    ["to postgres://app:hunter2@db:5432/spot now", "to postgres://app:***@db:5432/spot now"],
    ["postgres://app:hun@ter/2@db/spot", "postgres://app:***@db/spot"],
    ["nats://:hunter2@nats:4222", "nats://:***@nats:4222"],
    ["Authorization: Bearer hunter2.x", "Authorization: Bearer ***"],
    ["password=hunter2 user=app", "password=*** user=app"],
    ['{"token":"hunter2","n":1}', '{"token":"***","n":1}'],
    ["jwt eyJhbGciOiJFUzI1NiJ9.eyJzdWIi.hunter2", "jwt ***"],
    [`key ${"hunter2A".repeat(10)}abcdef== end`, "key *** end"],
    [
      "a -----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY----- b",
      "a *** b",
    ],
    ["-----BEGIN EC PRIVATE KEY-----\nhunter2, cut off", "***"],
  ];
  for (const [text, masked] of texts) assert.equal(redactText(text), masked);
});

Deno.test("log redaction - texts without secrets come back unchanged", () => {
  const texts = [
    "candles.BTC-USD.ONE_MINUTE at 2026-04-07T14:30:02.789Z",
    "wss://advanced-trade-ws.coinbase.com",
    "http://localhost:8000/products/BTC-USD?a=b",
    "mail someone@example.com: all good",
  ];
  for (const text of texts) assert.equal(redactText(text), text);
});

Deno.test("log redaction - a property whose name is that of a secret is masked whatever it holds", () => {
  assert.deepEqual(
    redactValue({ coinbasePrivateKey: "x", apiKey: ["x"], key: "BTC-USD.ONE_MINUTE", jwt: null }),
    { coinbasePrivateKey: "***", apiKey: "***", key: "BTC-USD.ONE_MINUTE", jwt: null },
  );
});

Deno.test("log redaction - secrets are found inside lists, maps, URLs, errors and their causes", () => {
  const secret = "postgres://app:hunter2@db/spot";
  const cause = Object.assign(new Error(secret), { password: "hunter2", code: "28P01" });
  const values = redactValue([
    [secret],
    new Map([["url", secret]]),
    new Set([secret]),
    new URL(secret),
    new Error("cannot connect", { cause }),
  ]);
  const text = JSON.stringify(values);
  assert.ok(!text.includes("hunter2"), text);
  assert.ok(text.includes("28P01") && text.includes("cannot connect"), text);
});

Deno.test("log redaction - a value that holds itself, or is very deep, ends", () => {
  const loop: Record<string, unknown> = { name: "loop" };
  loop.self = loop;
  assert.deepEqual(redactValue(loop), { name: "loop", self: "(circular)" });
  let deep: unknown = "bottom";
  for (let level = 0; level < 100; level++) deep = [deep];
  assert.ok(JSON.stringify(redactValue(deep)).includes("(too deep)"));
});
