import assert from "node:assert/strict";
import { exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { FakeClock } from "../time/fake_clock.ts";
import { emulatorToken, serviceAccountToken } from "./access.ts";
import { FirestoreError, firestoreSource } from "./document_source.ts";
import { FirestoreServer } from "./test_server.ts";

/** A clock that does not wait, and records the delays. */
class RecordingClock extends FakeClock {
  readonly delays: number[] = [];

  override after(delayMs: number, run: () => void): () => void {
    this.delays.push(delayMs);
    queueMicrotask(run);
    return () => {};
  }
}

Deno.test("Firestore import - an overloaded Firestore is retried, a refusal is reported immediately", async () => {
  await using server = new FirestoreServer({
    "a/b": { price: 0.5, when: 5, flags: ["x", { y: 1 }] },
  });
  const clock = new RecordingClock();
  const options = {
    url: `http://${server.host}`,
    project: "p",
    token: emulatorToken,
    clock,
  };
  server.failures = 2;
  const document = await firestoreSource(options).get("a/b");
  assert.deepEqual(document, {
    path: "a/b",
    fields: { price: 0.5, when: "5", flags: ["x", { y: "1" }] },
  });
  assert.deepEqual(clock.delays, [500, 1000]);
  assert.equal(await firestoreSource(options).get("a/c"), null);
  const refused = firestoreSource({ ...options, token: () => Promise.resolve("other") });
  await assert.rejects(refused.list("a", null), (error) => {
    assert.ok(error instanceof FirestoreError);
    assert.equal(error.message, "Firestore answered 403: no access");
    return true;
  });
  assert.equal(clock.delays.length, 2);
});

Deno.test("Firestore import - a service account's key gives signed requests for access, one an hour", async () => {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const requests: string[] = [];
  const issuer: typeof fetch = (_url, init) => {
    requests.push(new URLSearchParams(String(init?.body)).get("assertion") ?? "");
    return Promise.resolve(Response.json({ access_token: `token ${requests.length}` }));
  };
  let now = Math.floor(Date.now() / 1000);
  const keyFile = JSON.stringify({
    client_email: "me@example.com",
    private_key: await exportPKCS8(privateKey),
    token_uri: "https://issuer.example/token",
  });
  const token = serviceAccountToken(keyFile, () => now, issuer);
  assert.deepEqual([await token(), await token()], ["token 1", "token 1"]);
  const { payload } = await jwtVerify(requests[0] ?? "", publicKey);
  assert.deepEqual([payload.iss, payload.aud], ["me@example.com", "https://issuer.example/token"]);
  now += 3400;
  assert.equal(await token(), "token 2");
  assert.throws(() => serviceAccountToken("{}", () => now), FirestoreError);
});
