import assert from "node:assert/strict";
import { gzipped, prefersGzip } from "./gzip.ts";

Deno.test("gzip - it is used where a client accepts it and does not prefer an uncompressed answer", () => {
  const taken = [
    "gzip",
    "GZIP",
    "x-gzip",
    "*",
    "gzip, deflate, br, zstd",
    "gzip;q=1.0",
    "gzip ; q=0.001",
    "br;q=1.0, gzip;q=0.8, *;q=0.1",
    "identity;q=0.5, gzip;q=0.5",
    "*;q=0.5",
    "deflate,gzip",
  ];
  const refused = [
    null,
    "",
    "identity",
    "br, zstd",
    "gzip;q=0",
    "gzip;q=0.000",
    "gzip; q=0, *",
    "*;q=0",
    "identity, gzip;q=0.5",
    "gzip;q=2",
    "gzip;q=nonsense",
    "gzipped",
    "not-gzip",
  ];
  for (const header of taken) assert.equal(prefersGzip(header), true, header);
  for (const header of refused) assert.equal(prefersGzip(header), false, `${header}`);
});

Deno.test("gzip - an answer varies with what is accepted, and has the header vary", async () => {
  const request = (encoding: string) =>
    gzipped(
      new Request("http://localhost/", { headers: { "accept-encoding": encoding } }),
      new Response("text", { headers: { etag: '"a"' } }),
    );
  const plain = request("gzip;q=0");
  assert.equal(plain.headers.get("vary"), "accept-encoding");
  assert.equal(await plain.text(), "text");
  const { headers, body } = request("gzip");
  assert.deepEqual(
    ["vary", "content-encoding", "etag"].map((name) => headers.get(name)),
    ["accept-encoding", "gzip", 'W/"a"'],
  );
  assert.ok(body);
  assert.equal(
    await new Response(body.pipeThrough(new DecompressionStream("gzip"))).text(),
    "text",
  );
});
