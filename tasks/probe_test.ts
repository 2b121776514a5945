import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { startExchangeSimulator } from "../lib/exchange_simulator/mod.ts";
import { main } from "./probe.ts";
import { readProbeRequest } from "./probe_options.ts";
import { UsageError } from "./usage_error.ts";

const ED25519 = generateKeyPairSync("ed25519").privateKey
  .export({ type: "pkcs8", format: "pem" }).toString();
const NOW = new Date("2026-04-07T12:34:56Z");

Deno.test("probe - the command shows a table, records, and replays the same offline", async () => {
  const folder = await Deno.makeTempDir({ prefix: "spot-canvas-probe-" });
  const out = `${folder}/seen.ndjson`;
  try {
    const exchange = await startExchangeSimulator({
      products: 8,
      tradesPerSecond: 20,
      batchMs: 50,
      // The exchange's own speed, so that a short pause of the machine is not taken for a breach.
      clock: { speed: 1 },
    });
    const env = {
      COINBASE_WS_URL: exchange.wsUrl,
      COINBASE_REST_URL: `${exchange.restUrl}/`,
      COINBASE_REST_RPS: "1000",
      COINBASE_API_KEY: "organizations/secret/apiKeys/1",
      COINBASE_PRIVATE_KEY: ED25519,
    };
    const products = exchange.products.slice(0, 2).join(",");
    const probed = await run(["--seconds", "3", "--products", products, "--out", out], env);
    // Without limits there are no refusals, and without a quiet product no pauses to be seen.
    assert.equal(probed.code, 3, probed.output);
    assert.match(probed.output, /^assumption +seen +verdict$/m);
    assert.match(probed.output, /^limits - too many concurrent requests .* not seen$/m);
    assert.match(probed.output, /\d+ hold, 0 contradicted, \d not seen/);
    assert.doesNotMatch(await Deno.readTextFile(out), /secret|jwt/);
    await exchange.close();

    const replayed = await run(["--replay", out], {});
    assert.equal(replayed.code, 3, replayed.output);
    const table = (text: string) => text.split("\n").filter((line) => / - /.test(line));
    assert.deepEqual(table(replayed.output), table(probed.output));
    assert.match(replayed.output, /through the product: \d+ trades streamed, \d+ listed/);
    assert.match(replayed.output, /[1-9]\d* compared with the exchange's, 0 different/);

    // One digit of one trade on the feed changed: it contradicts, and the line is shown.
    const text = await Deno.readTextFile(out);
    const changed = text.replace(/(\\"type\\":\\"update\\".*?\\"price\\":\\")(\d)/, "$19$2");
    assert.notEqual(changed, text);
    await Deno.writeTextFile(out, changed);
    const contradicted = await run(["--replay", out], {});
    assert.equal(contradicted.code, 1, contradicted.output);
    assert.match(contradicted.output, /^trades - the same id .* NO$/m);
    assert.match(
      contradicted.output,
      /contradicted: trades - the same id[^\n]*\n {2}trade \d+: line \d+/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("probe - a recording made before stays where the exchange cannot be reached", async () => {
  const folder = await Deno.makeTempDir({ prefix: "spot-canvas-probe-" });
  try {
    const env = { COINBASE_REST_URL: "http://127.0.0.1:1/api" };
    await Deno.writeTextFile(`${folder}/before`, "a recording");
    for (const name of ["before", "none"]) {
      const { code, output } = await run(["--out", `${folder}/${name}`], env);
      assert.equal(code, 4);
      assert.match(output, /does not give its list of products/);
    }
    const left = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assert.deepEqual(left, ["before"]);
    assert.equal(await Deno.readTextFile(`${folder}/before`), "a recording");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("probe - the command reports what is wrong with it, and what is allowed", async () => {
  const cases: [string[], Record<string, string>, number, RegExp][] = [
    [["--seconds", "0"], {}, 2, /--seconds: "0": give a number above 0, at most 3600/],
    [["--seconds", "1e3"], {}, 2, /--seconds: "1e3"/],
    [["--products", "BTC"], {}, 2, /--products: "BTC": give BASE-QUOTE/],
    [["--products", ","], {}, 2, /--products: give BASE-QUOTE/],
    [["--speed", "3"], {}, 2, /--speed/],
    [["BTC-USD"], {}, 2, /BTC-USD/],
    [["--replay", "x", "--seconds", "3"], {}, 2, /--replay: cannot be used with --seconds/],
    [[], { COINBASE_WS_URL: "http://x" }, 2, /COINBASE_WS_URL/],
    [["--replay", "/nowhere/file"], {}, 4, /No such file/],
    [["--replay", "deno.json"], {}, 4, /deno.json is not a recording/],
    [["--out", "/nowhere/file"], {}, 4, /No such file/],
    [["--help"], {}, 0, /usage: deno task probe/],
  ];
  for (const [args, env, code, expected] of cases) {
    const outcome = await run(args, env);
    assert.equal(outcome.code, code, `${args}: ${outcome.output}`);
    assert.match(outcome.output, expected);
    assert.doesNotMatch(outcome.output, /\n {4}at /);
  }
});

Deno.test("probe - every problem of a command line is named in one message", () => {
  const bad = ["--seconds", "x", "--products", "a,B-USD,c", "--out", ""];
  assert.throws(() => readProbeRequest(bad, NOW), (error) => {
    assert.ok(error instanceof UsageError);
    assert.deepEqual(error.message.match(/^--\w+/gm), [
      "--products",
      "--products",
      "--seconds",
      "--out",
    ]);
    return true;
  });
  const { out } = { out: "", ...readProbeRequest([], NOW) };
  assert.equal(out, "probe-20260407T123456Z.ndjson");
});

async function run(args: string[], env: Record<string, string>) {
  const lines: string[] = [];
  const stop = new AbortController().signal;
  const print = (line: string) => void lines.push(line);
  const code = await main(args, { env, print, stop, now: () => NOW });
  return { code, output: lines.join("\n") };
}
