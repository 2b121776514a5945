import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { Archive } from "../history/archive.ts";
import { decimal } from "../candles/decimal.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { productId } from "../candles/product.ts";
import { Catalogue } from "../exchange/catalogue.ts";
import { unknownAbsence } from "../exchange/absence.ts";
import { answerReadiness } from "../http/readiness.ts";
import type { PartState, Status } from "../metrics/status.ts";
import { problemResponse } from "../http/problem.ts";
import { answerCandles } from "./candles.ts";
import { REQUESTER, servicesOver } from "./test_api.ts";
import { answerChartHistory } from "./chart_history.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { openApiDocument } from "./openapi.ts";
import { answerProduct, answerProducts } from "./products.ts";
import {
  answerUdfConfig,
  answerUdfSearch,
  answerUdfSymbol,
  answerUdfSymbolInfo,
} from "./udf/catalogue.ts";
import { answerUdfHistory } from "./udf/history.ts";

const DOCUMENT = openApiDocument("1.2.3");

Deno.test("openapi - the description is OpenAPI 3.1, by the specification's own schema", async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(DOCUMENT)));
  assert.deepEqual(result.errors ?? [], []);
  assert.equal(result.valid, true);
});

Deno.test("openapi - answers match the description", async () => {
  const paths = [
    "/api/candles?product=BTC-USD&granularity=ONE_MINUTE",
    "/api/candles?product=BTC-USD&granularity=7m&fill=previous&limit=5",
    "/api/candles?product=BTC-USD&granularity=ONE_MINUTE&start=5&end=6",
    "/api/candles?product=b&granularity=x",
    "/api/candles.csv?product=b&granularity=x",
    "/api/candles?product=NO-USD&granularity=5m",
    "/api/products",
    "/api/products/BTC-USD",
    "/api/products/NO-USD",
    "/api/products/no",
    "/history?symbol=BTC-USD&granularity=FIVE_MINUTES&exchange=coinbase",
    "/history?symbol=BTC-USD&granularity=FIVE_MINUTES&exchange=kraken",
    "/udf/config",
    "/udf/symbols?symbol=BTC-USD",
    "/udf/symbols?symbol=NO-USD",
    "/udf/search?query=BTC",
    "/udf/search?limit=0",
    "/udf/symbol_info?group=Coinbase",
    "/udf/history?symbol=BTC-USD&resolution=1&countback=5",
    "/udf/history?symbol=BTC-USD&resolution=1&from=5&to=60",
    "/udf/history?symbol=BTC-USD&resolution=1W",
  ];
  for (const path of paths) {
    const answer = await request(path);
    const type = answer.headers.get("content-type") ?? "";
    const validate = validatorOf(path, answer.status, type);
    assert.ok(validate(await answer.json()), `${path}: ${JSON.stringify(validate.errors)}`);
  }
});

Deno.test("openapi - readiness matches its description, whether all parts are up or not", async () => {
  const up: PartState = { state: "up", detail: null };
  const down: PartState = { state: "down", detail: "no way to it" };
  for (const [bus, code] of [[up, 200], [down, 503]] as const) {
    const status: Status = {
      feed: up,
      products: { ...up, unavailable: [unknownAbsence(productId("NO-USD"))] },
      connections: [],
      bus,
      store: up,
      repair: null,
      webhooks: [],
      workers: null,
      simulated: true,
      version: "1.2.3",
      startedAt: epochSeconds(0),
    };
    const answer = answerReadiness(
      { status: () => status, config: { corsOrigins: [] } },
      new Request("http://localhost/readyz"),
    );
    assert.equal(answer.status, code);
    const validate = validatorOf("/readyz", code, "application/json");
    assert.ok(validate(await answer.json()), JSON.stringify(validate.errors));
    assert.equal(validate({ ready: true }), false);
  }
});

Deno.test("openapi - a candle, a product or a problem with a missing or wrong part does not match the description", () => {
  const page = validatorOf("/api/candles", 200, "application/json");
  const product = validatorOf("/api/products/BTC-USD", 200, "application/json");
  const problem = validatorOf("/api/products", 503, "application/problem+json");
  assert.equal(page({ candles: [], next: null }), true);
  assert.equal(page({ candles: [] }), false);
  assert.equal(page({ candles: [{ product_id: "BTC-USD" }], next: null }), false);
  assert.equal(product({ product_id: "BTC-USD", status: "gone" }), false);
  assert.equal(problem({ title: "no status", type: "about:blank" }), false);
});

Deno.test("openapi - every example of the description can be requested", async () => {
  const answered = ENDPOINTS.filter(({ path }) => /^\/(api|history|udf\/(?!time))/.test(path));
  assert.equal(answered.length, 12);
  for (const { example } of answered) assert.equal((await request(example)).status, 200, example);
});

Deno.test("openapi - every parameter is described, with whether it must be there", () => {
  const parameters = parametersOf("/api/candles");
  assert.deepEqual(
    parameters.map(({ name, required = false }) => [name, required]),
    [["product", true], ["granularity", true], ["start", false], ["end", false], ["limit", false]]
      .concat([["fill", false]]),
  );
  for (const { path } of ENDPOINTS) {
    for (const { name, description = "" } of parametersOf(path)) {
      assert.ok(description.length > 10, name);
    }
  }
});

function parametersOf(path: string) {
  const parameters = DOCUMENT.paths?.[path]?.get?.parameters ?? [];
  return parameters.flatMap((one) => "name" in one ? [one] : []);
}

function validatorOf(path: string, status: number, type: string) {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: "doc:/", ...JSON.parse(JSON.stringify(DOCUMENT)) });
  const [bare = ""] = path.split("?");
  const described = bare.startsWith("/api/products/") ? "/api/products/{id}" : bare;
  const pointer = ["paths", described, "get", "responses", `${status}`, "content", type, "schema"]
    .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")));
  const validate = ajv.getSchema(`doc:/#/${pointer.join("/")}`);
  assert.ok(validate !== undefined, `${path}: ${status} ${type} is not described`);
  return validate;
}

async function request(path: string): Promise<Response> {
  const candle = sampleCandle();
  const live = sampleCandle({ isComplete: false, exact: false, trades: null, quoteVolume: null });
  const archive = new Archive({
    newest: ({ end }) => Promise.resolve(end === undefined ? [candle] : []),
    oldest: () => Promise.resolve([]),
    stretches: () => Promise.resolve([]),
    summary: () => Promise.resolve({ count: 0, unbroken: true, version: "" }),
    current: () => live,
    recent: () => [],
    position: () => 7,
  });
  const catalogue = new Catalogue();
  catalogue.set([{
    id: productId("BTC-USD"),
    baseName: "Bitcoin",
    baseCurrency: "BTC",
    quoteCurrency: "USD",
    price: decimal("5"),
    priceChange24h: null,
    volume24h: null,
    quoteVolume24h: null,
    quoteIncrement: decimal("0.01"),
    status: "online",
  }]);
  const http = new Request(`http://x${path}`);
  const { pathname } = new URL(http.url);
  const services = servicesOver(archive, catalogue);
  const now = 1_704_567_650;
  if (pathname.startsWith("/api/candles")) {
    return await answerCandles(services, http, now, REQUESTER);
  }
  if (pathname === "/history") return await answerChartHistory(services, http, now, REQUESTER);
  if (pathname === "/udf/history") return await answerUdfHistory(services, http, now, REQUESTER);
  if (pathname === "/udf/config") return answerUdfConfig(http);
  if (pathname === "/udf/symbols") return answerUdfSymbol(catalogue, http);
  if (pathname === "/udf/search") return answerUdfSearch(catalogue, http);
  if (pathname === "/udf/symbol_info") return answerUdfSymbolInfo(catalogue, http);
  if (pathname === "/api/products") return await answerProducts(catalogue, http);
  const id = /^\/api\/products\/(.+)$/.exec(pathname)?.[1];
  if (id !== undefined) {
    const since = epochSeconds(1_704_067_200);
    const exactPasts = { of: () => Promise.resolve({ since, state: "whole" } as const) };
    const auditDates = { until: () => Promise.resolve(epochSeconds(1_704_567_600)) };
    return await answerProduct({ catalogue, exactPasts, auditDates }, http, id);
  }
  return problemResponse({ status: 404, title: "no such path in this test" });
}
