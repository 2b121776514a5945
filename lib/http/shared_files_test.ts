import assert from "node:assert/strict";
import { shareFile } from "./shared_files.ts";

function shared(path: string, init?: ResponseInit): Headers {
  const url = new URL(path, "http://localhost");
  const response = new Response(null, init);
  return shareFile(response, url, "https://a.example", ["https://a.example"]).headers;
}

Deno.test("shared files - the chart element and the client are for any site, adapters for those listed", () => {
  for (const path of ["/spot-chart.js", "/spot-chart.d.ts", "/client.js", "/client.d.ts"]) {
    assert.equal(shared(path).get("access-control-allow-origin"), "*");
  }
  const headers = shared("/adapters/rs-charts.js");
  assert.equal(headers.get("access-control-allow-origin"), "https://a.example");
  assert.equal(headers.get("vary"), "origin");
  for (const path of ["/", "/client.json", "/site.js", "/spot-chart.json", "/x/adapters/a.js"]) {
    assert.deepEqual([...shared(path)], []);
  }
});

Deno.test("shared files - a file that Fresh marks as not cacheable is cached and revalidated; one with a build's key is unchanged", () => {
  const fresh = { "cache-control": "no-cache, no-store, max-age=0, must-revalidate" };
  for (const status of [200, 304]) {
    assert.equal(
      shared("/spot-chart.js", { status, headers: fresh }).get("cache-control"),
      "no-cache",
    );
  }
  const year = { "cache-control": "public, max-age=31536000, immutable" };
  assert.equal(shared("/client.js", { headers: year }).get("cache-control"), year["cache-control"]);
  assert.equal(
    shared("/client.js", { status: 404, headers: { "cache-control": "no-store" } }).get(
      "cache-control",
    ),
    "no-store",
  );
});
