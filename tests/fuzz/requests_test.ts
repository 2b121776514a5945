import assert from "node:assert/strict";
import fc from "fast-check";
import { readCandleRequest } from "../../lib/api/candle_request.ts";
import { CHART_QUERY } from "../../lib/api/chart_history.ts";
import { readQuery } from "../../lib/api/parameters.ts";
import { SEARCH_QUERY, SYMBOLS_QUERY } from "../../lib/api/udf/catalogue.ts";
import { UDF_HISTORY_QUERY } from "../../lib/api/udf/history.ts";
import { GRANULARITIES } from "../../lib/candles/granularity.ts";
import { productId } from "../../lib/candles/product.ts";
import { parseChartQuery } from "../../lib/api/chart_stream_query.ts";
import { clientAddress } from "../../lib/http/client_address.ts";
import { parseStreamQuery } from "../../lib/api/stream_query.ts";
import { resetFrame } from "../../lib/stream/sse.ts";
import { hostileText, RUNS } from "./runs.ts";

const BTC = productId("BTC-USD");
const KNOWN = { loaded: true, ids: () => [BTC], has: (id: string) => id === BTC };

const NAMES = [
  "products=",
  "product=",
  "symbol=",
  "granularities=",
  "granularity=",
  "closed=",
  "start=",
  "end=",
  "start_time=",
  "limit=",
  "fill=",
  "format=",
  "resolution=",
  "from=",
  "to=",
  "countback=",
  "query=",
  "last_event_id=",
];
const VALUES = [
  "BTC-USD",
  "*",
  "ONE_MINUTE",
  "5m",
  "true",
  "1704567600",
  "2026-01-01",
  "-1",
  "1e9",
];

function query(): fc.Arbitrary<URL> {
  return hostileText([...NAMES, ...VALUES, "&", ",", "%", "%00", "=", "+", ";"])
    .map((text) => new URL(`http://localhost/stream?${text}`));
}

Deno.test("fuzz - any query for a stream is understood, or every error names a parameter of the interface", () => {
  fc.assert(
    fc.property(query(), (url) => {
      const read = parseStreamQuery(url, KNOWN);
      if (read.kind === "query") {
        const { products, granularities } = read.subscription;
        assert.ok(products === "*" || products.every((id) => id === BTC));
        assert.ok(granularities.every((one) => GRANULARITIES.includes(one)));
      } else {
        const { status, errors = [] } = read.problem;
        assert.ok(status === 400 || status === 404, `${status}`);
        for (const { parameter, value } of errors) {
          assert.ok(["products", "granularities", "closed"].includes(parameter), parameter);
          assert.ok((value?.length ?? 0) <= 65, "little of what was sent is echoed");
        }
      }
    }),
    RUNS,
  );
});

Deno.test("fuzz - any query for a chart or for history is understood or refused with reasons", () => {
  fc.assert(
    fc.property(query(), hostileText(["text/csv", "q=", ";", ",", "*/*"], 8), (url, accept) => {
      const chart = parseChartQuery(url, KNOWN);
      if (chart.kind === "problem") assert.ok([400, 404].includes(chart.problem.status));
      const { request, errors } = readCandleRequest(url, accept);
      if (request === null) assert.ok(errors.length > 0);
      else {
        const { start, end, limit } = request;
        assert.ok(start === null || Number.isSafeInteger(start), `start ${start}`);
        assert.ok(end === null || Number.isSafeInteger(end), `end ${end}`);
        assert.ok(limit === null || (limit >= 1 && limit <= 1000), `limit ${limit}`);
      }
      readQuery(CHART_QUERY, url.searchParams);
      const read = [
        readQuery(UDF_HISTORY_QUERY, url.searchParams),
        readQuery(SEARCH_QUERY, url.searchParams),
        readQuery(SYMBOLS_QUERY, url.searchParams),
      ];
      for (const { value } of read.flatMap(({ errors }) => errors ?? [])) {
        assert.ok((value?.length ?? 0) <= 65, "little of what was sent is echoed");
      }
    }),
    RUNS,
  );
});

Deno.test("fuzz - no Last-Event-ID that comes back in a reset adds a line or an event to it", () => {
  fc.assert(
    fc.property(
      hostileText(["\n", "\r", "\r\n", "data: ", "event: candle", "\u2028", '"']),
      (id) => {
        const text = new TextDecoder().decode(resetFrame(id, "unparsable"));
        const lines = text.split(/\r\n|\r|\n/);
        assert.equal(lines.length, 4, text);
        assert.equal(lines[0], "event: reset");
        assert.ok(lines[1]?.startsWith("data: {"), text);
        assert.deepEqual(lines.slice(2), ["", ""]);
      },
    ),
    RUNS,
  );
});

const FORWARDED = [
  "10.0.0.1",
  "192.0.2.7",
  "2001:db8::1",
  "[",
  "]",
  ":",
  ",",
  "::",
  " ",
  "unknown",
];

Deno.test("fuzz - a client cannot choose whom its streams count for", () => {
  fc.assert(
    fc.property(hostileText(FORWARDED, 20), fc.ipV4(), (claimed, peer) => {
      assert.equal(clientAddress(peer, claimed, false), peer, "without a proxy");
      const seen = "198.51.100.23";
      const header = `${claimed}, ${seen}, 10.1.2.3`;
      assert.equal(clientAddress("10.1.2.3", header, true), seen, "behind one");
    }),
    RUNS,
  );
});

Deno.test("fuzz - whatever a proxy forwards, an address is short", () => {
  const longer = hostileText(FORWARDED, 60);
  fc.assert(
    fc.property(longer, (header) => {
      assert.ok(clientAddress("10.0.0.1", header, true).length <= 80, header);
    }),
    RUNS,
  );
});
