import assert from "node:assert/strict";
import { createGunzip } from "node:zlib";
import fc from "fast-check";
import { idleProgram } from "../time/test_turns.ts";
import { SharedGzip } from "./shared_gzip.ts";

const UTF8 = new TextEncoder();

/** Reads a gzip stream as it comes; gives the text so far. */
function reader(): { push(bytes: Uint8Array): Promise<void>; readonly text: string } {
  const gunzip = createGunzip();
  const decoder = new TextDecoder();
  let text = "";
  gunzip.on("data", (bytes: Uint8Array) => text += decoder.decode(bytes, { stream: true }));
  return {
    async push(bytes) {
      await new Promise<void>((resolve, reject) =>
        gunzip.write(bytes, (error) => error ? reject(error) : resolve())
      );
      await idleProgram();
    },
    get text() {
      return text;
    },
  };
}

Deno.test("shared gzip - each chunk can be read when it has come, and all of them are one stream", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ minLength: 1, maxLength: 3000, unit: "grapheme" }), { minLength: 1 }),
      async (texts) => {
        const gzip = new SharedGzip();
        const stream = reader();
        let expected = "";
        for (const [index, text] of texts.entries()) {
          await stream.push(gzip.encode(UTF8.encode(text), index === 0));
          expected += text;
          assert.equal(stream.text, expected);
        }
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("shared gzip - a chunk that several share is compressed once, wherever it stands", async () => {
  const gzip = new SharedGzip();
  const [a, b, shared] = ["a".repeat(500), "b".repeat(90), "shared ".repeat(100)]
    .map((text) => UTF8.encode(text));
  assert.ok(a && b && shared);
  const first = gzip.encode(shared, false);
  assert.equal(gzip.encode(shared, false), first, "the same bytes");
  assert.ok(first.length < shared.length / 5);
  for (const before of [a, b]) {
    const stream = reader();
    await stream.push(gzip.encode(before, true));
    await stream.push(first);
    assert.equal(stream.text, new TextDecoder().decode(before) + "shared ".repeat(100));
  }
});
