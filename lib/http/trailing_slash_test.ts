import assert from "node:assert/strict";
import fc from "fast-check";
import { withoutTrailingSlash } from "./trailing_slash.ts";

Deno.test("trailing slash - paths and queries stay, slashes at the end go", () => {
  const paths: readonly (readonly [string, string | null])[] = [
    ["/", null],
    ["/status", null],
    ["/status?a=/", null],
    ["/status/", "/status"],
    ["/status///", "/status"],
    ["/products/BTC-USD/?granularity=1h&x=%2F", "/products/BTC-USD?granularity=1h&x=%2F"],
    ["//evil.example/", "/evil.example"],
    ["/\\evil.example/", "/evil.example"],
    ["/.//evil.example/", "/evil.example"],
    ["/%2Fevil.example/", "/%2Fevil.example"],
    ["//", "/"],
    [`/${"x".repeat(3000)}/`, null],
  ];
  for (const [path, expected] of paths) {
    const url = new URL(`http://localhost${path}`);
    assert.equal(withoutTrailingSlash(url), expected, path);
  }
});

Deno.test("trailing slash - whatever the path, the redirection is to the same host and is the last one", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "%2F",
    "%5C",
    "evil.example",
    "@",
    ":",
    "?",
    "\t",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const url = URL.parse(`http://localhost/${pieces.join("")}`);
      const to = url === null ? null : withoutTrailingSlash(url);
      if (to === null) return;
      const there = new URL(to, "http://localhost/a/b");
      assert.equal(there.host, "localhost", to);
      assert.equal(withoutTrailingSlash(there), null, to);
    }),
    { numRuns: 2000 },
  );
});
