import assert from "node:assert/strict";
import { localPath } from "./local_path.ts";

Deno.test("local path - a path of this site stays unchanged", () => {
  for (
    const path of ["/", "/products/BTC-USD?granularity=5m&q=a//b#chart", "/a%20b", "/%E2%82%AC"]
  ) {
    assert.equal(localPath(path), path);
  }
});

Deno.test("local path - a path that could lead to another host is refused, however it is written", () => {
  const elsewhere = [
    "//evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "/%2fevil.example",
    "/%2F/evil.example",
    "/%5cevil.example",
    "/%5C/evil.example",
    "/%09/evil.example",
    "/%0d%0alocation:%20//evil.example",
    "/%252fevil.example",
    "/%25252fevil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/a/..%2f/evil.example",
    "/%2e%2e/%2fevil.example",
    "/%ff",
    "/%",
    "/ü",
    "https://evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "?a",
    "",
  ];
  for (const path of elsewhere) assert.equal(localPath(path), null, JSON.stringify(path));
  for (const value of [null, undefined, 1, new Blob()]) assert.equal(localPath(value), null);
});
