import assert from "node:assert/strict";
import fc from "fast-check";
import { Catalogue } from "../../lib/exchange/catalogue.ts";
import { readProduct } from "../../lib/coinbase/product_reader.ts";
import { productList } from "../../lib/app/product_list.ts";
import { openWebApp } from "../web_app.ts";
import { hostileText, RUNS } from "./runs.ts";

const QUERY_PIECES = [
  "q=",
  "sort=",
  "view=",
  "quote=",
  "product=",
  "granularity=",
  "products=*",
  "granularities=*",
  "indicators=",
  "style=",
  "compare=",
  "ichimoku:9:26:52",
  "vwapbands:",
  "theme=",
  "start=",
  "end=",
  "limit=",
  "BTC-USD",
  "ONE_MINUTE",
  "-volume",
  "-1",
  "1e9",
  "NaN",
  "&",
  "=",
  ",",
  "%",
  "%00",
  "%ff",
  "<script>",
  "__proto__",
  "..",
];
const HEADERS = [
  "accept",
  "accept-encoding",
  "cookie",
  "if-none-match",
  "if-modified-since",
  "last-event-id",
  "origin",
  "range",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "datastar-request",
];
const HEADER_PIECES = [
  "text/html",
  "gzip",
  "q=",
  ";",
  ",",
  '"',
  "*",
  "W/",
  "theme=",
  "https://",
  "bytes=",
  "1795420000213",
  "evil.example",
  "[::1]",
  "@",
];

function knownProducts(): Catalogue {
  const product = readProduct({ product_id: "BTC-USD", price: "1", status: "online" });
  assert.ok(product !== null);
  const catalogue = new Catalogue();
  catalogue.set(productList([product], [product.productId], []));
  return catalogue;
}

/** What may stand in a header at all; the listener refuses the rest. */
function headerValue(): fc.Arbitrary<string> {
  return hostileText(HEADER_PIECES, 12).map((text) => text.replace(/[^\x20-\x7e]/g, "").trim());
}

Deno.test("fuzz - no path, query or header makes any route fail", async () => {
  const catalogue = knownProducts();
  const env = { TRUST_PROXY: "true", MAX_REQUESTS_PER_IP: "0", CORS_ORIGINS: "https://a.example" };
  const web = await openWebApp(env, { catalogue });
  const segment = fc.oneof(
    fc.constant("BTC-USD"),
    hostileText(["%2f", "%2e", "%00", "%ff", "\\", "..", "<", "BTC", "-"], 8),
  );
  const anyRequest = fc.record({
    method: fc.constantFrom("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"),
    pattern: fc.constantFrom(...web.patterns),
    segment,
    query: hostileText(QUERY_PIECES, 10),
    headers: fc.dictionary(fc.constantFrom(...HEADERS), headerValue(), { maxKeys: 4 }),
  });
  try {
    await fc.assert(
      fc.asyncProperty(anyRequest, async ({ method, pattern, segment, query, headers }) => {
        const path = pattern.replace(/:\w+\*?/, () => segment);
        const request = new Request(new URL(`http://localhost${path}?${query}`), {
          method,
          headers,
        });
        const answer = await web.handler(request);
        await answer.body?.cancel();
        const what = `${answer.status} to ${method} ${request.url}`;
        // Neither bus nor database is there.
        assert.ok(answer.status < 500 || answer.status === 503, what);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff", what);
        assert.ok(answer.headers.has("content-security-policy"), what);
      }),
      RUNS,
    );
  } finally {
    await web.close();
  }
});
