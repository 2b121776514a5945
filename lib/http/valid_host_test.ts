import assert from "node:assert/strict";
import { requireValidHost } from "./valid_host.ts";

const HOSTS = ['a"><script>alert(1)</script>', "a b", "[", "a:port", "%zz", "a\\b", "a/../b#c?d"];

/** The whole answer to one request, its host as it is given. */
async function ask(port: number, host: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `GET /path HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(4096);
  for (let read = await connection.read(buffer); read !== null;) {
    chunks.push(buffer.slice(0, read));
    read = await connection.read(buffer);
  }
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

Deno.test("a request whose host is no address is refused, and is no failure of ours", async () => {
  const failures: unknown[] = [];
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
    onError(error) {
      failures.push(error);
      return new Response(null, { status: 500 });
    },
  }, requireValidHost(({ url }) => new Response(new URL(url).host)));
  try {
    const { port } = server.addr;
    for (const host of HOSTS) {
      const answer = await ask(port, host);
      assert.match(answer, /^HTTP\/1\.1 (200|400) /, host);
      assert.doesNotMatch(answer, /<script>/, host);
    }
    const refused = await ask(port, "a b");
    assert.match(refused, /^HTTP\/1\.1 400 /);
    assert.match(refused, /content-type: application\/problem\+json/i);
    assert.match(refused, /x-content-type-options: nosniff/i);
    assert.match(refused, /content-security-policy: default-src 'none'/i);
    assert.match(await ask(port, "spot.example"), /^HTTP\/1\.1 200 [^]*spot\.example$/);
    assert.deepEqual(failures, []);
  } finally {
    await server.shutdown();
  }
});
