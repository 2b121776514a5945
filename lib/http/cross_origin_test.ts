import assert from "node:assert/strict";
import { preflightResponse } from "./cross_origin.ts";

function preflight(
  origin: string | null,
  allowed: readonly string[] | "*",
): Record<string, string | number> {
  const { status, headers } = preflightResponse(origin, allowed);
  return { status, ...Object.fromEntries(headers) };
}

Deno.test("cross origin - a page of an allowed origin may send the headers of an EventSource and of Datastar", () => {
  assert.deepEqual(preflight("https://a.example", ["https://a.example"]), {
    status: 204,
    allow: "GET, HEAD, OPTIONS",
    vary: "origin",
    "access-control-allow-origin": "https://a.example",
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "last-event-id, cache-control, datastar-request, content-type",
    "access-control-max-age": "86400",
  });
});

Deno.test("cross origin - a page of another origin is granted nothing, and caches know that it depends", () => {
  const allow = "GET, HEAD, OPTIONS";
  assert.deepEqual(preflight("https://b.example", ["https://a.example"]), {
    status: 204,
    allow,
    vary: "origin",
  });
  assert.deepEqual(preflight("https://b.example", []), { status: 204, allow });
});

Deno.test("cross origin - where every origin may read, the answer is the same for all", () => {
  const headers = preflight("https://b.example", "*");
  assert.equal("vary" in headers, false);
  assert.equal(headers["access-control-allow-origin"], "*");
});
