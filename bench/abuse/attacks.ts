import { flood, hold, pauseUnless, requestOf, type Target } from "./exchanges.ts";

/** One way of requesting too much: bounded in requests, and in time by its target's signal. */
export interface Attack {
  /** Short, for `--only`. */
  readonly name: string;
  readonly description: string;
  run(target: Target): Promise<void>;
}

const PRODUCT = "BTC-USD";
/** A path or query of the length that HTTP servers still read. */
const LONG = "a".repeat(60_000);
const ADDRESSES = 200;

/** The address of the `index`-th client; each has a different one. */
function addressOf(index: number): string {
  return `198.51.100.${index % ADDRESSES}`;
}

/** A page that is merged from as many rows as one may be. */
function heavyPage(index: number): string {
  return `/api/candles?product=${PRODUCT}&granularity=${800 + index % 600}m&limit=1000`;
}

function download(index: number): string {
  return `/api/candles?product=${PRODUCT}&granularity=ONE_MINUTE&format=ndjson&start=${index}`;
}

const EVERYTHING = "/stream?products=*&granularities=*";

/** All attacks, in the order in which they are tried. */
export const ATTACKS: readonly Attack[] = [
  {
    name: "heavy-pages",
    description: "heavy pages, one address, 45 a second",
    run: (target) =>
      flood(target, {
        count: 900,
        concurrent: 200,
        perSecond: 45,
        request: (index) => requestOf(heavyPage(index), { close: true }),
      }),
  },
  {
    name: "heavy-burst",
    description: "160 concurrent requests for heavy pages",
    run: (target) =>
      flood(target, {
        count: 160,
        concurrent: 160,
        request: (index) => requestOf(heavyPage(index), { close: true }),
      }),
  },
  {
    name: "heavy-many",
    description: "heavy pages of 200 addresses",
    run: (target) =>
      flood(target, {
        count: 1000,
        concurrent: 200,
        request: (index) => requestOf(heavyPage(index), { from: addressOf(index), close: true }),
      }),
  },
  {
    name: "old-history",
    description: "/history of 200 addresses",
    run: (target) =>
      flood(target, {
        count: 1000,
        concurrent: 200,
        request: (index) =>
          requestOf(`/history?symbol=${PRODUCT}&granularity=${100 + index % 600}m`, {
            from: addressOf(index),
            close: true,
          }),
      }),
  },
  {
    name: "pages",
    description: "both main pages, 200 addresses",
    run: (target) =>
      flood(target, {
        count: 1000,
        concurrent: 200,
        request: (index) =>
          requestOf(index % 2 === 0 ? "/" : `/products/${PRODUCT}`, {
            from: addressOf(index),
            close: true,
          }),
      }),
  },
  {
    name: "long-urls",
    description: "URLs of 60 KB, 64 concurrently",
    run: (target) =>
      flood(target, {
        count: 6000,
        concurrent: 64,
        request: (index) =>
          requestOf(`/api/candles?product=${LONG}`, { from: addressOf(index), close: true }),
      }),
  },
  {
    name: "long-probes",
    description: "probes with a query of 60 KB, one address",
    run: (target) =>
      flood(target, {
        count: 6000,
        concurrent: 64,
        request: (index) =>
          requestOf(`/${["healthz", "readyz", "metrics"][index % 3]}?${LONG}`, { close: true }),
      }),
  },
  {
    name: "probes",
    description: "probes as fast as they are answered",
    run: (target) =>
      flood(target, {
        count: 6000,
        concurrent: 64,
        request: (index) =>
          requestOf(`/${["healthz", "readyz", "metrics"][index % 3]}`, { close: true }),
      }),
  },
  {
    name: "long-headers",
    description: "headers of 60 KB",
    run: (target) =>
      flood(target, {
        count: 6000,
        concurrent: 64,
        request: (index) =>
          requestOf("/api/products", {
            from: addressOf(index),
            headers: `cookie: theme=${LONG}\r\n`,
            close: true,
          }),
      }),
  },
  {
    name: "longer-heads",
    description: "heads of 1 MB and of 1,000 headers",
    run: (target) =>
      flood(target, {
        count: 1000,
        concurrent: 64,
        request: (index) =>
          requestOf("/", {
            headers: index % 2 === 0
              ? `x: ${LONG.repeat(16)}\r\n`
              : Array.from({ length: 1000 }, (_, at) => `x-${at}: y\r\n`).join(""),
            close: true,
          }),
      }),
  },
  {
    name: "missing",
    description: "8 KB paths that do not exist",
    run: (target) =>
      flood(target, {
        count: 2000,
        concurrent: 64,
        request: (index) =>
          requestOf(`/${index}/${LONG.slice(0, 8000)}`, { from: addressOf(index), close: true }),
      }),
  },
  {
    name: "pipelined",
    description: "200 connections, 50 pages each, unread",
    run: (target) =>
      hold(target, {
        connections: 200,
        forMs: 15_000,
        text: () => requestOf("/").repeat(25) + requestOf(`/products/${PRODUCT}`).repeat(25),
      }),
  },
  {
    name: "pipelined-many",
    description: "the same from 200 addresses",
    run: (target) =>
      hold(target, {
        connections: 200,
        forMs: 15_000,
        text: (index) => {
          const from = addressOf(index);
          return (requestOf("/", { from }) + requestOf(`/products/${PRODUCT}`, { from }))
            .repeat(25);
        },
      }),
  },
  {
    name: "unread-downloads",
    description: "200 whole ranges, unread",
    run: (target) =>
      hold(target, {
        connections: 200,
        forMs: 15_000,
        text: (index) => requestOf(download(index), { from: addressOf(index) }),
      }),
  },
  {
    name: "downloads",
    description: "200 whole ranges, read",
    run: (target) =>
      flood(target, {
        count: 200,
        concurrent: 50,
        request: (index) => requestOf(download(index), { from: addressOf(index), close: true }),
      }),
  },
  {
    name: "replay",
    description: "everything again for 200 clients",
    run: (target) =>
      hold(target, {
        connections: 200,
        forMs: 10_000,
        text: (index) =>
          requestOf(`${EVERYTHING}&last_event_id=${target.oldestEvent}`, {
            from: addressOf(index),
          }),
      }),
  },
  {
    name: "unread-streams",
    description: "200 streams of everything, unread",
    run: (target) =>
      hold(target, {
        connections: 200,
        forMs: 15_000,
        text: (index) => requestOf(EVERYTHING, { from: addressOf(index) }),
      }),
  },
  {
    name: "slow-bodies",
    description: "500 forms, a byte a second",
    run: (target) =>
      hold(target, {
        connections: 500,
        forMs: 15_000,
        text: (index) => formOf("content-length: 4000\r\n", addressOf(index), "theme="),
        drip: "a",
      }),
  },
  {
    name: "large-bodies",
    description: "forms of 1 MB, announced as such or as 4 KB",
    run: (target) =>
      flood(target, {
        count: 500,
        concurrent: 50,
        request: (index) => {
          const body = LONG.repeat(16);
          const length = index % 2 === 0 ? body.length : 4000;
          return formOf(`content-length: ${length}\r\nconnection: close\r\n`, "203.0.113.1", body);
        },
      }),
  },
  {
    name: "half-heads",
    description: "1,000 connections that never finish a head",
    run: (target) =>
      hold(target, {
        connections: 1000,
        forMs: 15_000,
        text: () => `GET / HTTP/1.1\r\nx: ${LONG.slice(0, 30_000)}`,
        drip: "a",
      }),
  },
  {
    name: "idle",
    description: "nothing: what remains afterwards",
    run: ({ signal }) => pauseUnless(10_000, signal),
  },
];

function formOf(headers: string, from: string, body: string): string {
  const type = "content-type: application/x-www-form-urlencoded\r\n";
  return requestOf("/theme", { method: "POST", from, headers: type + headers, body });
}
