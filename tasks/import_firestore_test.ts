import assert from "node:assert/strict";
import { encodeCandle } from "../lib/candles/wire.ts";
import { decimal } from "../lib/candles/decimal.ts";
import { epochSeconds } from "../lib/candles/granularity.ts";
import { productId } from "../lib/candles/product.ts";
import { FirestoreServer } from "../lib/firestore/test_server.ts";
import { openStore } from "../lib/store/store.ts";
import { sampleCandle } from "../tests/sample_candles.ts";
import { withServers } from "../tests/servers.ts";
import { main } from "./import_firestore.ts";

const HOUR = Date.UTC(2026, 0, 5) / 1000;
const NOW = HOUR + 40 * 86_400;
const BTC = "exchanges/coinbase/products/BTC-USD";
const ETH = "exchanges/coinbase/products/ETH-USD";

/** What the older server would have: seconds and milliseconds, plural names, lists and maps, and some rubbish. */
function sample(): Record<string, unknown> {
  const documents: Record<string, unknown> = {
    "trading_pairs/exchanges": { coinbase: ["BTC-USD", "ETH/USD", "nonsense"] },
    [`${BTC}/intervals/ONE_HOUR`]: { timestamp: HOUR + 3600 * 500, ...prices(7) },
    [`${BTC}/intervals/ONE_DAY`]: { timestamp: NOW, ...prices(7) },
    [`${BTC}/history/ONE_HOURS/candles/x`]: prices(1),
    [`${BTC}/history/ONE_HOURS/candles/y`]: { timestamp: HOUR + 5, ...prices(1) },
    [`${BTC}/history/ONE_HOURS/candles/z`]: { timestamp: HOUR, ...prices(1), high: 1 },
    [`${BTC}/history/FORTNIGHT/candles/1`]: prices(1),
    [`${ETH}/history/FIVE_MINUTE/candles/list`]: {
      candles: [
        [HOUR, 10.5, 12, 9, 11, 1e-8],
        [HOUR + 300, 9, 12, 10.5, 11, 2],
        { time: (HOUR + 600) * 1000, ...prices(3) },
      ],
    },
    [`${ETH}/history/FIVE_MINUTE/candles/map`]: {
      candles: { [`${(HOUR + 900) * 1000}`]: prices(4), [`${HOUR + 1200}`]: prices(5) },
    },
  };
  for (let i = 0; i < 25; i++) {
    const time = HOUR + i * 3600;
    const body = i % 2 === 0 ? { timestamp: time * 1000, ...prices(i + 1) } : prices(i + 1);
    documents[`${BTC}/history/ONE_HOURS/candles/${time * 1000}`] = body;
  }
  return documents;
}

Deno.test(
  "Firestore import - the older server's candles come over from Firestore, stopped and resumed, and never replace better ones",
  withServers(async ({ database }) => {
    await using server = new FirestoreServer(sample());
    const url = await database();
    const env = { DATABASE_URL: url, NATS_URL: "nats://127.0.0.1:1" };
    const args = ["--project", "p", "--emulator-host", server.host];
    const better = sampleCandle({
      granularity: "ONE_HOUR",
      start: epochSeconds(HOUR + 3600),
      close: decimal("42000.5"),
    });
    await using store = await openStore(url, { log: { info() {}, warn() {}, error() {} } });
    await store.ready();
    await store.candles.upsert([better]);

    const dry = await run([...args, "--dry-run"], env);
    assert.match(dry.output, /^31 candles could be imported; nothing was written$/m);
    const first = await run(args, env, 2);
    assert.equal(first.code, 1);
    assert.match(first.output, /stopped; the next run resumes from here/);
    const pages = server.listed.length;
    const last = await run(args, env);
    assert.equal(last.code, 0, last.output);
    for (
      const line of [
        /^skipped 1: no time, such as .*candles\/x$/m,
        /^skipped 1: its time is not the start of a bucket, such as .*candles\/y$/m,
        /^skipped 1: its prices contradict each other, such as .*candles\/z$/m,
        /^skipped 1: still running, such as .*intervals\/ONE_DAY$/m,
        /^skipped 1: a granularity that is not kept here, such as .*FORTNIGHT$/m,
        /^skipped 1: no product id, such as trading_pairs\/exchanges: nonsense$/m,
      ]
    ) assert.match(first.output + last.output, line);
    const again = server.listed.slice(pages);
    const before = server.listed.slice(0, pages).slice(-2);
    assert.ok(
      before.every((page) => !page.includes("/candles?") || !again.includes(page)),
      "a page was read twice",
    );

    const hours = await store.candles.page({
      productId: productId("BTC-USD"),
      granularity: "ONE_HOUR",
      limit: 100,
    });
    assert.equal(hours.length, 26);
    assert.equal(encodeCandle(hours[1] ?? assert.fail()), encodeCandle(better));
    assert.ok(
      hours.filter(({ start }) => start !== better.start).every(({ exact, trades }) =>
        !exact && trades === null
      ),
    );
    const minutes = await store.candles.page({
      productId: productId("ETH-USD"),
      granularity: "FIVE_MINUTE",
      limit: 100,
    });
    assert.equal(minutes.length, 5);
    assert.match(
      encodeCandle(minutes[0] ?? assert.fail()),
      /"open":10\.5,"high":12,"low":9,"close":11,"volume":0\.00000001,/,
    );
    assert.match(
      encodeCandle(minutes[1] ?? assert.fail()),
      /"open":10\.5,"high":12,"low":9,"close":11,/,
    );

    const idle = await run(args, env);
    assert.match(idle.output, /^0 candles found, 0 written/m);
    assert.match(idle.output, /collections were here already/);
  }),
);

Deno.test("Firestore import - an export's files give what the server itself gives", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.json`, JSON.stringify(sample()));
    const { code, output } = await run(["--export", folder, "--dry-run"], {});
    assert.equal(code, 0, output);
    assert.match(output, /^31 candles could be imported/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Firestore import - files are read in every encoding and form, or the error names those that are", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${BTC}/history/ONE_HOUR/candles/${HOUR}`;
  const one = JSON.stringify({ [path]: prices(1) });
  const line = JSON.stringify({ path, data: prices(1) });
  const utf8 = new TextEncoder();
  const files: readonly [string, Uint8Array, RegExp][] = [
    ["bom.json", utf8.encode(`\uFEFF${one}`), /^1 candles could/m],
    ["utf16.json", utf16(`\uFEFF${one}`), /^1 candles could/m],
    ["lines.jsonl", utf8.encode(`${line}\r\n\r\n${line}\n`), /^1 candles could/m],
    ["lines.ndjson", utf8.encode(line), /^1 candles could/m],
    ["lines.json", utf8.encode(`${line}\n${line}\n`), /^1 candles could/m],
    ["deep/er/one.json", utf8.encode(one), /^1 candles could/m],
    ["number.json", utf8.encode("5"), /holds no document that is read here[^]*__collections__/],
    ["empty.json", utf8.encode(" "), /^no candle was found below exchanges\/coinbase\/products$/m],
    ["broken.json", utf8.encode("{"), /broken\.json is not JSON/],
    ["broken.jsonl", utf8.encode(`${line}\n{`), /broken\.jsonl, line 2, is not JSON/],
    ["users.json", utf8.encode('{"users": {"x": {"y": 1}}}'), /^there is users\/x: --at says/m],
    ["text.txt", utf8.encode(one), /has no JSON files/],
    ["all/output-0", utf8.encode("leveldb"), /gcloud emulators firestore start[^]*--emulator-host/],
  ];
  try {
    for (const [name, bytes, expected] of files) {
      const own = `${folder}/${name.replaceAll("/", "-")}`;
      const file = `${own}/${name}`;
      await Deno.mkdir(file.replace(/\/[^/]+$/, ""), { recursive: true });
      await Deno.writeFile(file, bytes);
      const { code, output } = await run(["--export", own, "--dry-run"], {});
      assert.match(output, expected, name);
      assert.equal(code, output.includes("1 candles could") ? 0 : 1, name);
    }
    const alone = await run(["--export", `${folder}/bom.json/bom.json`, "--dry-run"], {});
    assert.match(alone.output, /^1 candles could/m);
    await Deno.writeTextFile(`${folder}/bom.json/other.json`, '["nothing"]');
    const mixed = await run(["--export", `${folder}/bom.json`, "--dry-run"], {});
    assert.match(mixed.output, /^1 candles could[^]*other\.json holds no document/m);
    assert.equal(mixed.code, 1, "a file with content gave nothing");
    await Deno.writeTextFile(`${folder}/part.json`, JSON.stringify({ [`${HOUR}`]: prices(1) }));
    const at = ["--at", `${BTC}/history/ONE_HOUR/candles`];
    const part = await run(["--export", `${folder}/part.json`, ...at, "--dry-run"], {});
    assert.match(part.output, /^1 candles could/m);
    assert.equal((await run(["--emulator-host", "y", "--project", "p", ...at], {})).code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function utf16(text: string): Uint8Array {
  return new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
}

Deno.test("Firestore import - a command without a source, or with two, is refused; one that is down is an error", async () => {
  assert.equal((await run([], {})).code, 2);
  assert.equal((await run(["--export", "x", "--emulator-host", "y"], {})).code, 2);
  assert.equal((await run(["--emulator-host", "y"], {})).code, 2);
  const missing = await run(["--export", "/nowhere/at/all", "--dry-run"], {});
  assert.deepEqual(missing, { code: 1, output: "/nowhere/at/all cannot be read" });
});

function prices(price: number) {
  return { open: price, high: price + 1.5, low: price, close: price + 0.25, volume: price * 3 };
}

/** Runs the command, stopped after a number of pages. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stopAfter = Infinity,
): Promise<{ code: number; output: string }> {
  const stop = new AbortController();
  const lines: string[] = [];
  const code = await main(args, {
    env,
    print: (line) => {
      lines.push(line);
      if (lines.filter((one) => one.includes("so far")).length >= stopAfter) stop.abort();
    },
    stop: stop.signal,
    now: () => NOW,
  });
  return { code, output: lines.join("\n") };
}
