import assert from "node:assert/strict";
import { requireValidRequest } from "./valid_request.ts";

const HOSTS = ['a"><script>alert(1)</script>', "a b", "[", "a:port", "%zz", "a\\b", "a/../b#c?d"];

/** The whole answer to a request with these parts. */
async function send(
  port: number,
  { host = "localhost", method = "GET", path = "/path" }: {
    host?: string;
    method?: string;
    path?: string;
  },
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(4096);
  for (let read = await connection.read(buffer); read !== null;) {
    chunks.push(buffer.slice(0, read));
    read = await connection.read(buffer);
  }
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

async function withServer(use: (port: number) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
    onError(error) {
      failures.push(error);
      return new Response(null, { status: 500 });
    },
  }, requireValidRequest(({ url }) => new Response(new URL(url).href)));
  try {
    await use(server.addr.port);
    assert.deepEqual(failures, []);
  } finally {
    await server.shutdown();
  }
}

function assertRefused(answer: string, status: number, what: string): void {
  assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), what);
  assert.match(answer, /content-type: application\/problem\+json/i, what);
  assert.match(answer, /x-content-type-options: nosniff/i, what);
  assert.match(answer, /x-request-id: [\da-f-]{36}\r\n/i, what);
  assert.match(answer, /content-security-policy: default-src 'none'/i, what);
}

Deno.test("valid request - one with an invalid host is refused, and is not a server error", async () => {
  await withServer(async (port) => {
    for (const host of HOSTS) {
      const answer = await send(port, { host });
      assert.match(answer, /^HTTP\/1\.1 (200|400) /, host);
      assert.doesNotMatch(answer, /<script>/, host);
    }
    assertRefused(await send(port, { host: "a b" }), 400, "a b");
    assert.match(
      await send(port, { host: "spot.example" }),
      /^HTTP\/1\.1 200 [^]*http:\/\/spot\.example\/path$/,
    );
  });
});

Deno.test("valid request - one with an invalid percent encoding is refused", async () => {
  await withServer(async (port) => {
    for (const path of ["/%ff", "/products/%ff", "/%", "/%zz", "/a%2", "/%E0%A4%A", "/x/%C0%AF"]) {
      assertRefused(await send(port, { path }), 400, path);
    }
    for (const path of ["/%E2%82%AC", "/%25", "/a%2fb", "/?q=%ff"]) {
      assert.match(await send(port, { path }), /^HTTP\/1\.1 200 /, path);
    }
  });
});

Deno.test("valid request - an unknown method is refused, and one in small letters is unknown", async () => {
  await withServer(async (port) => {
    for (const method of ["PROPFIND", "TRACE", "QUERY", "get", "Post", "X", "GETT"]) {
      assertRefused(await send(port, { method }), 501, method);
    }
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      assert.match(await send(port, { method }), /^HTTP\/1\.1 200 /, method);
    }
  });
});
