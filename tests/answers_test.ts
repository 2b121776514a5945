import assert from "node:assert/strict";
import type { Figures, Status } from "../app.ts";
import { READ_LIMITS } from "../lib/api/read_limits.ts";
import { STATUS } from "../lib/metrics/test_status.ts";
import { productId } from "../lib/candles/product.ts";
import { unknownAbsence } from "../lib/exchange/absence.ts";
import { CostBudget } from "../lib/http/cost_budget.ts";
import { catalogueOf } from "./sample_products.ts";
import { Catalogue } from "../lib/exchange/catalogue.ts";
import { configureLog } from "../lib/log.ts";
import { RequestRate } from "../lib/http/request_rate.ts";
import { openWebApp, type WebApp } from "./web_app.ts";

async function withApp(
  use: (
    request: (path: string, init?: RequestInit) => Promise<Response>,
    app: WebApp,
  ) => Promise<void>,
  ...made: Parameters<typeof openWebApp>
): Promise<void> {
  const app = await openWebApp(...made);
  try {
    await use(
      (path, init) => app.handler(new Request(new URL(path, "http://localhost"), init)),
      app,
    );
  } finally {
    await app.close();
  }
}

const PROGRAMS = ["/api/nothing", "/stream/nothing", "/api"];
const PEOPLE = [
  "/nothing",
  "/products/BTC-USD/nothing",
  "/nothing.html",
  // They only share a prefix with a program's path.
  "/api-docs",
  "/stream-viewer",
  "/openapi-nothing",
  "/openapi.json.html",
  "/metrics-of-today",
  "/history-of-bitcoin",
];

Deno.test("answers - every route's answer has the security headers, to every method", async () => {
  await withApp(async (request, { patterns }) => {
    assert.ok(patterns.length > 8, `${patterns}`);
    for (const pattern of patterns) {
      const path = pattern.replace(":product", "BTC-USD").replace(":path*", "no/where")
        .replace(/:\w+\*?/, "x");
      for (const method of ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]) {
        const { headers, body } = await request(path, { method });
        await body?.cancel();
        const what = `${method} ${path}`;
        assert.equal(headers.get("x-content-type-options"), "nosniff", what);
        assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin", what);
        assert.match(headers.get("permissions-policy") ?? "", /camera=\(\)/, what);
        assert.equal(headers.get("cross-origin-opener-policy"), "same-origin", what);
        assert.match(headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/, what);
        const policy = headers.get("content-security-policy") ?? "";
        assert.match(policy, /frame-ancestors 'none'/, what);
        assert.doesNotMatch(policy, /unsafe-inline|upgrade-insecure-requests/, what);
        assert.equal(headers.get("strict-transport-security"), null, what);
      }
    }
  });
});

Deno.test("answers - an address that sends too many requests gets 429 with retry-after, on every route but probes", async () => {
  await withApp(async (request, { patterns }) => {
    for (let times = 0; times < 10; times++) await (await request("/api/products")).body?.cancel();
    const probes = ["/healthz", "/readyz", "/health"];
    for (const pattern of patterns) {
      const path = pattern.replace(":product", "BTC-USD").replace(":path*", "no/where")
        .replace(/:\w+\*?/, "x");
      const answer = await request(path, { headers: { origin: "https://example.com" } });
      const text = await answer.text();
      if (probes.includes(path)) assert.notEqual(answer.status, 429, path);
      else {
        assert.equal(answer.status, 429, path);
        assert.equal(answer.headers.get("content-type"), "application/problem+json", path);
        assert.match(answer.headers.get("retry-after") ?? "", /^[12]$/, path);
        assert.equal(answer.headers.get("access-control-allow-origin"), "https://example.com");
        assert.equal(JSON.parse(text).status, 429, path);
      }
    }
    const other = await request("/api/products", { headers: { "x-forwarded-for": "203.0.113.9" } });
    await other.body?.cancel();
    assert.notEqual(other.status, 429, "another address behind the same proxy");
    const { status, body } = await request("/theme-nothing");
    await body?.cancel();
    assert.equal(status, 429, "unknown addresses too");
  }, { MAX_REQUESTS_PER_IP: "1", TRUST_PROXY: "true", CORS_ORIGINS: "https://example.com" });
});

/** The routes that read history. */
const READS = [
  "/api/candles?product=BTC-USD&granularity=1439m&limit=1000",
  "/api/candles?product=BTC-USD&granularity=ONE_MINUTE&format=csv",
  "/api/candles.csv?product=BTC-USD&granularity=ONE_MINUTE",
  "/api/candles.ndjson?product=BTC-USD&granularity=ONE_MINUTE",
  "/api/candles.parquet?product=BTC-USD&granularity=ONE_MINUTE",
  "/history?symbol=BTC-USD&granularity=1439m",
  "/products/BTC-USD",
  "/examples/datastar",
];

Deno.test("answers - an address that reads too much gets 429 with retry-after, on every route that reads history", async () => {
  const reads = new CostBudget({ ...READ_LIMITS, waitingPerAddress: 0 });
  const reading = Promise.withResolvers<void>();
  const dearest = reads.run({ address: "203.0.113.1" }, Infinity, () => reading.promise);
  await withApp(
    async (request) => {
      const requestFrom = async (path: string, address: string) => {
        const headers = { "x-forwarded-for": address, origin: "https://example.com" };
        const answer = await request(path, { headers });
        return { status: answer.status, headers: answer.headers, text: await answer.text() };
      };
      for (const path of READS) {
        const refused = await requestFrom(path, "203.0.113.1");
        assert.equal(refused.status, 429, path);
        assert.equal(refused.headers.get("content-type"), "application/problem+json", path);
        assert.equal(refused.headers.get("retry-after"), "1", path);
        assert.equal(refused.headers.get("access-control-allow-origin"), "https://example.com");
        assert.equal(
          JSON.parse(refused.text).title,
          "Too much history is being read by one address",
        );
        assert.notEqual(
          (await requestFrom(path, "203.0.113.2")).status,
          429,
          `${path}, of another`,
        );
      }
      for (const path of ["/", "/api/products", "/api/products/BTC-USD", "/status", "/healthz"]) {
        assert.equal((await requestFrom(path, "203.0.113.1")).status, 200, `${path} reads nothing`);
      }
      const metrics = (await requestFrom("/metrics", "203.0.113.1")).text;
      assert.match(metrics, /work_refused_total\{work="history",reason="address"\} 0/);
    },
    { TRUST_PROXY: "true", CORS_ORIGINS: "https://example.com" },
    { reads, catalogue: catalogueOf([productId("BTC-USD")]) },
  );
  reading.resolve();
  await dearest;
});

Deno.test("answers - while the read budget is used up, further requests get 503", async () => {
  const reads = new CostBudget({ ...READ_LIMITS, waiting: 0, total: READ_LIMITS.perAddress });
  const reading = Promise.withResolvers<void>();
  const dearest = reads.run({ address: "203.0.113.1" }, Infinity, () => reading.promise);
  await withApp(
    async (request) => {
      for (const path of READS) {
        const answer = await request(path);
        await answer.body?.cancel();
        assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "5"], path);
        assert.equal(answer.headers.get("content-type"), "application/problem+json", path);
      }
    },
    {},
    { reads, catalogue: catalogueOf([productId("BTC-USD")]) },
  );
  reading.resolve();
  await dearest;
});

Deno.test("answers - error pages allow their own scripts and styles by a nonce, and nothing else inline", async () => {
  await withApp(async (request) => {
    const requests: [string, string, number][] = [
      ...PEOPLE.map((path): [string, string, number] => ["GET", path, 404]),
      ["DELETE", "/theme", 405],
      ["DELETE", "/", 405],
    ];
    for (const [method, path, status] of requests) {
      const answer = await request(path, { method });
      const html = await answer.text();
      assert.equal(answer.status, status, path);
      assert.match(answer.headers.get("content-type") ?? "", /^text\/html/, path);
      const nonce = /style-src [^;]*'nonce-([^']+)'/.exec(
        answer.headers.get("content-security-policy") ?? "",
      )?.[1];
      assert.ok(nonce !== undefined, path);
      const inline = [...html.matchAll(/<(?:script|style)(?![^>]*\bsrc=)[^>]*>/g)];
      assert.ok(inline.length > 0, path);
      for (const [tag] of inline) assert.ok(tag.includes(`nonce="${nonce}"`), `${path}: ${tag}`);
      assert.match(html, /<h1>(Nothing here|No such product|That did not work)<\/h1>/);
      assert.match(html, /class="site-header"/);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      if (status === 405) assert.ok(answer.headers.get("allow"), path);
    }
  });
});

Deno.test("answers - programs get errors as problem details", async () => {
  await withApp(async (request) => {
    for (const path of PROGRAMS) {
      const answer = await request(path);
      assert.equal(answer.headers.get("content-type"), "application/problem+json", path);
      assert.deepEqual(await answer.json(), {
        type: "about:blank",
        status: 404,
        title: "Nothing here",
      });
      assert.equal(
        answer.headers.get("content-security-policy"),
        "default-src 'none'; frame-ancestors 'none'",
      );
    }
    const refused = await request("/readyz", { method: "DELETE" });
    assert.equal(refused.status, 405);
    assert.equal((await refused.json()).title, "This method is not allowed here");
    assert.match(refused.headers.get("allow") ?? "", /GET/);
  });
});

Deno.test("answers - a failure shows its request's id on the page, in the answer and in the log, and nothing more", async () => {
  const lines: string[] = [];
  configureLog({ level: "error", format: "json", write: (line) => lines.push(line) });
  try {
    await withApp(
      async (request) => {
        for (const path of ["/metrics", "/products/BTC-USD"]) {
          const answer = await request(path);
          const text = await answer.text();
          const id = answer.headers.get("x-request-id") ?? "";
          assert.equal(answer.status, 500, path);
          assert.ok(id !== "" && text.includes(id), path);
          assert.doesNotMatch(text, /secret|\.tsx?:\d|at async/, path);
          assert.match(answer.headers.get("content-security-policy") ?? "", /frame-ancestors/);
          const line = lines.find((one) => one.includes(id)) ?? "";
          assert.match(line, /the secret of the house/, path);
        }
      },
      {},
      {
        metrics: () => Promise.reject(new Error("the secret of the house")),
        catalogue: brokenCatalogue(),
      },
    );
  } finally {
    configureLog({ level: "error", write: () => {} });
  }
});

Deno.test("answers - the status page answers from the first moment, to people and to programs", async () => {
  await withApp(async (request) => {
    const html = await (await request("/status", { headers: { accept: "text/html" } })).text();
    assert.match(html, /Starting: waiting for feed and bus and store/);
    const answer = await request("/status", { headers: { accept: "application/json" } });
    const { feed, products, streams, rates } = await answer.json();
    assert.deepEqual(feed, { state: "starting", detail: null });
    assert.equal(products, 0);
    assert.equal(streams.most, 7);
    assert.equal(rates.trades, 0);
    assert.match(answer.headers.get("vary") ?? "", /accept/);
  }, { MAX_STREAMS: "7" });
});

Deno.test("status page - it shows the current counts and queue", async () => {
  const figures: Figures = {
    counts: {
      trades: 300,
      liveUpdates: 1,
      closedCandles: 2,
      writtenCandles: 3,
      sentFrames: 4,
      restRequests: 5,
      dropped: 6,
      deadLetters: 7,
      cpuSeconds: 8,
      lagSamples: 10,
      lagSeconds: 0.05,
    },
    streams: { open: 1, lagging: 0, resuming: 0, turnedAway: 0, cutOff: 0 },
    closedQueued: 1234,
    memoryBytes: 50e6,
  };
  await withApp(
    async (request) => {
      const html = await (await request("/status", { headers: { accept: "text/html" } })).text();
      assert.match(html, /1234 closed candles wait/);
      const answer = await request("/status", { headers: { accept: "application/json" } });
      const { queued, dropped, deadLetters, memoryBytes, lagMs } = await answer.json();
      assert.deepEqual({ queued, dropped, deadLetters, memoryBytes }, {
        queued: 1234,
        dropped: 6,
        deadLetters: 7,
        memoryBytes: 50e6,
      });
      assert.ok(Math.abs(lagMs - 5) < 1e-6, `${lagMs}`);
    },
    {},
    {
      figures: () => Promise.resolve(figures),
      metrics: () => Promise.reject(new Error("a page reads no metrics text")),
    },
  );
});

Deno.test("absent product - every interface reports why a product is missing, and what to request instead", async () => {
  const catalogue = catalogueOf([productId("BTC-USD")]);
  const detail = "BTC-USDC is another name of BTC-USD: use BTC-USD instead";
  const product = productId("BTC-USDC");
  const instead = productId("BTC-USD");
  catalogue.explain(new Map([[product, { product, reason: "alias", instead, detail }]]));
  await withApp(
    async (request) => {
      for (
        const path of [
          "/api/products/BTC-USDC",
          "/api/candles?product=BTC-USDC&granularity=ONE_MINUTE",
          "/stream?products=BTC-USDC&granularities=ONE_MINUTE",
          "/stream/chart?product=BTC-USDC&granularity=ONE_MINUTE",
          "/history?symbol=BTC-USDC&granularity=ONE_MINUTE&start_time=0&end_time=60000",
        ]
      ) {
        const answer = await request(path);
        assert.equal(answer.status, 404, path);
        const problem = await answer.json();
        assert.equal(problem.detail, `${detail}.`, path);
        assert.deepEqual([problem.reason, problem.instead], ["alias", "BTC-USD"], path);
      }
      const unknown = await (await request("/api/products/XYZ-USD")).json();
      assert.match(unknown.detail, /The exchange lists no product XYZ-USD/);
      const page = await request("/products/BTC-USDC", { headers: { accept: "text/html" } });
      assert.equal(page.status, 404);
      assert.match(await page.text(), /use BTC-USD instead/);
    },
    {},
    { catalogue },
  );
});

Deno.test("absent product - readiness and status name what PRODUCTS lists and is not followed", async () => {
  const absence = unknownAbsence(productId("XYZ-USD"));
  const status: Status = {
    ...STATUS,
    products: { state: "degraded", detail: absence.detail, unavailable: [absence] },
  };
  await withApp(
    async (request) => {
      const answer = await request("/readyz");
      assert.equal(answer.status, 200);
      assert.deepEqual((await answer.json()).products, {
        state: "degraded",
        detail: absence.detail,
        unavailable: [absence],
      });
      const html = await (await request("/status", { headers: { accept: "text/html" } })).text();
      assert.match(html, /The exchange lists no product XYZ-USD/);
      assert.match(html, /Degraded: products/);
    },
    {},
    { status: () => status },
  );
  const none: Status = { ...status, products: { ...status.products, state: "down" } };
  await withApp(
    async (request) => {
      const answer = await request("/readyz");
      assert.equal(answer.status, 503);
      assert.equal((await answer.json()).ready, false);
    },
    {},
    { status: () => none },
  );
});

Deno.test("status page - it names each web worker and its state, to people and to programs", async () => {
  const up = { state: "up", detail: null } as const;
  const workers = {
    state: "degraded",
    detail: "1 of 2 web processes serve",
    workers: [
      { number: 1, ...up, pid: 4711, streams: 1_234, restarts: 0 },
      {
        number: 2,
        state: "down",
        detail: "it ended: SIGKILL",
        pid: null,
        streams: 0,
        restarts: 3,
      },
    ],
  } as const;
  const status: Status = { ...STATUS, workers };
  await withApp(
    async (request) => {
      const html = await (await request("/status", { headers: { accept: "text/html" } })).text();
      for (const text of ["Degraded: web processes", "4711", "1,234", "it ended: SIGKILL"]) {
        assert.ok(html.includes(text), text);
      }
      const answer = await request("/status", { headers: { accept: "application/json" } });
      assert.deepEqual((await answer.json()).workers, workers);
      const ready = await request("/readyz");
      assert.equal(ready.status, 200);
      assert.deepEqual((await ready.json()).workers, workers);
    },
    {},
    { status: () => status },
  );
});

Deno.test("status page - it names each webhook, how many candles wait and why, to people and to programs", async () => {
  const failing = { state: "degraded", detail: "it answered 503" } as const;
  const status: Status = {
    ...STATUS,
    webhooks: [{ name: "risk", ...failing, delivered: 7, failed: 3, setAside: 0, waiting: 1_234 }],
  };
  await withApp(
    async (request) => {
      const html = await (await request("/status", { headers: { accept: "text/html" } })).text();
      assert.match(html, /risk.*degraded.*1,234.*it answered 503/s);
      const json = await (await request("/status", { headers: { accept: "application/json" } }))
        .json();
      assert.deepEqual(json.webhooks, status.webhooks);
    },
    {},
    { status: () => status },
  );
});

Deno.test("answers - a shared page's picture has an address below PUBLIC_URL, never one of the request's host", async () => {
  await withApp(async (request) => {
    const html = await (await request("http://evil.example/")).text();
    assert.match(html, /<meta property="og:image" content="https:\/\/here\.example\/og\.png"/);
    assert.doesNotMatch(html, /evil\.example/);
  }, { PUBLIC_URL: "https://here.example/" });
  await withApp(async (request) => {
    const html = await (await request("http://evil.example/")).text();
    assert.doesNotMatch(html, /og:image|evil\.example/);
  });
});

Deno.test("addresses - a slash at the end leads to the address without it, on every route", async () => {
  await withApp(async (request, { patterns }) => {
    for (const pattern of patterns) {
      const path = pattern.replace(/:\w+\*?/, "BTC-USD");
      if (path === "/") continue;
      for (const method of ["GET", "HEAD", "POST"]) {
        const answer = await request(`${path}/?a=b%20c`, { method, redirect: "manual" });
        await answer.body?.cancel();
        assert.equal(answer.status, 308, `${method} ${path}`);
        assert.equal(answer.headers.get("location"), `${path}?a=b%20c`);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      }
    }
    const evil = await request("http://localhost//evil.example/");
    await evil.body?.cancel();
    assert.equal(evil.headers.get("location"), "/evil.example");
  });
});

Deno.test("errors - no answer repeats more than 64 characters of what was sent", async () => {
  const names = [
    ...["product", "products", "granularity", "granularities", "closed", "last_event_id", "start"],
    ...["end", "limit", "format", "fill", "symbol", "start_time", "end_time", "exchange"],
    ...["view", "sort", "q", "search", "indicators", "scale", "theme", "page", "columns"],
  ];
  const long = "zx".repeat(5000);
  const query = names.map((name) => `${name}=${long}`).join("&");
  const lines: string[] = [];
  configureLog({ level: "debug", format: "json", write: (line) => lines.push(line) });
  try {
    await withApp(async (request, { patterns }) => {
      const paths = patterns.map((pattern) => pattern.replace(/:\w+\*?/, "BTC-USD"));
      const deep = patterns.map((pattern) => pattern.replace(/:\w+\*?/, long));
      const requests = [
        ...paths.map((path) => `${path}?${query}`),
        ...names.flatMap((name) => paths.map((path) => `${path}?${name}=${long}`)),
        ...deep,
        ...deep.filter((path) => path !== "/").map((path) => `${path}/`),
        ...["/", "/api/", "/stream/", "/products/", "/_fresh/js/"].map((path) => path + long),
      ];
      for (const path of requests) {
        const answer = await request(path, { headers: { accept: "text/html" } });
        const text =
          answer.body === null || answer.headers.get("content-type")?.includes("event-stream")
            ? (await answer.body?.cancel(), "")
            : await answer.text();
        const what = `${answer.status} ${path.slice(0, 80)}`;
        const whole = text + JSON.stringify([...answer.headers]);
        assert.equal(/(?:zx){33}/.exec(whole)?.index, undefined, `${what}: ${excerpt(whole)}`);
      }
    }, { MAX_REQUESTS_PER_IP: "0" });
    await withApp(
      async (request) => {
        await (await request(`/status/${long}`)).body?.cancel();
      },
      {},
      { requests: Object.assign(new RequestRate(1), { take: () => fail("out of order") }) },
    );
    assert.ok(lines.some((line) => line.includes("failed")));
    assert.doesNotMatch(lines.join(""), /(?:zx){33}/);
  } finally {
    configureLog({ level: "error", write: () => {} });
  }
});

/** Where a text reveals too much. */
function excerpt(text: string): string {
  const at = text.indexOf("zxzxzxzxzx");
  return text.slice(Math.max(0, at - 120), at + 20);
}

Deno.test("answers - behind a proxy that ends TLS, pages demand secure connections from then on", async () => {
  await withApp(async (request) => {
    const { headers, body } = await request("/", { headers: { "x-forwarded-proto": "https" } });
    await body?.cancel();
    assert.match(headers.get("content-security-policy") ?? "", /upgrade-insecure-requests/);
    assert.match(headers.get("strict-transport-security") ?? "", /^max-age=\d+$/);
  }, { TRUST_PROXY: "true" });
});

/** The address of a route, something in place of its parameters. */
function pathOf(pattern: string): string {
  return pattern.replace(":product", "BTC-USD").replace(/:\w+\*?/, "x");
}

Deno.test("methods - a route names its methods when a request uses another", async () => {
  await withApp(async (request, { patterns }) => {
    const routes = patterns.filter((pattern) => !pattern.endsWith("*"));
    for (const path of routes.map(pathOf)) {
      const options = await request(path, { method: "OPTIONS" });
      const allowed = options.headers.get("allow")?.split(", ") ?? [];
      assert.equal(options.status, 204, path);
      assert.ok(allowed.includes("OPTIONS"), path);
      assert.equal(allowed.includes("GET"), path !== "/theme", path);
      assert.equal(allowed.includes("HEAD"), path !== "/theme", path);
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]) {
        if (allowed.includes(method)) continue;
        const refused = await request(path, { method });
        await refused.body?.cancel();
        assert.equal(refused.status, 405, `${method} ${path}`);
        assert.equal(refused.headers.get("allow"), allowed.join(", "), `${method} ${path}`);
      }
    }
  }, { MAX_REQUESTS_PER_IP: "0" });
});

Deno.test("methods - an unknown address is a 404 for every method", async () => {
  await withApp(async (request) => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      for (const path of ["/nothing", "/api/nothing", "/products/BTC-USD/nothing"]) {
        const answer = await request(path, { method });
        await answer.body?.cancel();
        assert.equal(answer.status, 404, `${method} ${path}`);
        assert.equal(answer.headers.get("allow"), null);
      }
    }
  });
});

Deno.test("valid request - what Fresh takes for an exception is refused before it, with every header", async () => {
  await withApp(async (request) => {
    const requests = [
      ["GET", "/products/%ff", 400],
      ["GET", "/%", 400],
      ["GET", "/api/products/%E0%A4%A", 400],
      ["PROPFIND", "/", 501],
      ["PROPFIND", "/products/BTC-USD", 501],
      ["patch", "/", 501],
    ] as const;
    for (const [method, path, status] of requests) {
      const answer = await request(path, { method });
      const what = `${method} ${path}`;
      assert.equal(answer.status, status, what);
      assert.equal(answer.headers.get("content-type"), "application/problem+json", what);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff", what);
      assert.match(answer.headers.get("content-security-policy") ?? "", /frame-ancestors/, what);
      assert.equal((await answer.json()).status, status, what);
    }
  });
});

Deno.test("shared files - a browser caches what other sites name, and revalidates it", async () => {
  await withApp(async (request) => {
    const path = "/adapters/rs-charts.js";
    const first = await request(path, { headers: { origin: "https://a.example" } });
    await first.body?.cancel();
    assert.equal(first.status, 200);
    assert.equal(first.headers.get("cache-control"), "no-cache");
    assert.equal(first.headers.get("access-control-allow-origin"), "https://a.example");
    const posted = await request(path, { method: "POST" });
    await posted.body?.cancel();
    assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
  }, { CORS_ORIGINS: "https://a.example" });
});

function brokenCatalogue(): Catalogue {
  return Object.defineProperty(new Catalogue(), "loaded", {
    get() {
      throw new Error("the secret of the house");
    },
  });
}

Deno.test("errors - what fails before the middleware that answers errors is logged", async () => {
  const lines: string[] = [];
  configureLog({ level: "info", format: "json", write: (line) => lines.push(line) });
  const broken = { take: () => fail("out of order") };
  await withApp(
    async (request) => {
      for (const path of ["/status", "/api/products"]) {
        const answer = await request(path);
        const text = await answer.text();
        assert.equal(answer.status, 500, path);
        assert.ok(!text.includes("out of order"), text);
        const logged = lines.filter((line) => line.includes(`GET ${path} failed`));
        assert.equal(logged.length, 1, lines.join(""));
        assert.match(logged[0] ?? "", /"level":"ERROR".*out of order/);
        assert.ok(logged[0]?.includes(answer.headers.get("x-request-id") ?? "none"));
      }
    },
    {},
    { requests: Object.assign(new RequestRate(1), broken) },
  );
});

function fail(message: string): never {
  throw new Error(message);
}
