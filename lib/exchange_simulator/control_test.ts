import assert from "node:assert/strict";
import { type ControlCommand, type ExchangeSimulator, startExchangeSimulator } from "./mod.ts";
import { openRawClient } from "./test_raw_client.ts";
import { START, subscribed } from "./test_subscribed_client.ts";

Deno.test("simulator - REST fails in every way that a command names, then recovers", async () => {
  await using simulator = await startExchangeSimulator({ historyHours: 0.05 });
  const url = `${simulator.restUrl}/market/products?limit=1`;
  const request = async () => {
    const answer = await fetch(url);
    return { answer, text: await answer.text() };
  };
  simulator.control({ command: "faults", rates: { restSlowMs: 50, restHangMs: 60 } });
  for (const fault of ["rest429", "rest500", "restHtml", "restTruncated", "restSlow", "restHang"]) {
    await post(simulator, { command: "rest", fault, count: 1 });
  }
  assert.equal((await request()).answer.headers.get("retry-after"), "1");
  assert.equal((await request()).answer.status, 500);
  assert.match((await request()).text, /^<html>/);
  const { answer, text } = await request();
  assert.equal(answer.status, 200);
  assert.throws(() => JSON.parse(text));
  for (let i = 0; i < 2; i++) {
    const began = performance.now();
    assert.equal((await request()).answer.status, 200);
    assert.ok(performance.now() - began >= 45);
  }
  assert.equal(JSON.parse((await request()).text).products.length, 1);
});

Deno.test("simulator - random REST faults happen with the configured probability", async () => {
  await using simulator = await startExchangeSimulator({ products: 2, historyHours: 0.01 });
  simulator.control({ command: "faults", rates: { rest500: 0.3, rest429: 0.3 } });
  for (let i = 0; i < 60; i++) {
    await (await fetch(`${simulator.restUrl}/market/products?limit=1`)).body?.cancel();
  }
  const { restByStatus, faults } = simulator.stats;
  assert.equal(restByStatus[500], faults.rest500);
  assert.equal(restByStatus[429], faults.rest429);
  assert.ok((restByStatus[500] ?? 0) > 3 && (restByStatus[429] ?? 0) > 3);
  assert.ok((restByStatus[200] ?? 0) > 10);
});

Deno.test("simulator - the program prints its URLs, follows its flags, and ends on SIGTERM", async () => {
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.resolve("./main.ts"), "--products=A-USD,B-USD", "--rate=5"],
    stdout: "piped",
  }).spawn();
  const reader = program.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const { restUrl } = JSON.parse(value ?? "");
  const answer = await fetch(`${restUrl}/market/products/B-USD/ticker?limit=1`);
  assert.equal((await answer.json()).trades.length, 1);
  program.kill("SIGTERM");
  assert.equal((await program.status).code, 0);
  await reader.cancel();
});

Deno.test("simulator - another process drives it over HTTP: commands, stats, truth", () =>
  subscribed(async (simulator) => {
    assert.equal((await post(simulator, { command: "advance", ms: 2000 })).status, 200);
    const stats = await (await fetch(`${simulator.controlUrl}/stats`)).json();
    assert.equal(stats.nowMs, START + 2000);
    assert.deepEqual(stats.connections[0].products, ["BTC-USD"]);
    const lines = await (await fetch(`${simulator.controlUrl}/truth?product=ETH-USD`)).text();
    assert.deepEqual(
      lines.trimEnd().split("\n").map((line) => Object.values(JSON.parse(line))),
      [...simulator.truth.rows(["ETH-USD"])],
    );
    const from = Math.floor(START / 60_000) * 60;
    const candles = await fetch(
      `${simulator.controlUrl}/truth/candles?product=ETH-USD&granularity=60&from=${from}`,
    );
    assert.deepEqual(
      await candles.json(),
      simulator.truth.candles("ETH-USD", 60, from, Infinity),
    );
    for (
      const bad of [{ command: "dance" }, 7, { command: "faults", rates: { dropFrame: 2 } }, {
        command: "burst",
        product: "NO-USD",
        trades: 1,
      }]
    ) {
      const answer = await post(simulator, bad);
      assert.equal(answer.status, 400, JSON.stringify(bad));
    }
  }));

Deno.test("simulator - in a worker it reports its address, and closes on request", async () => {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const message = () =>
    new Promise<Record<string, string>>((resolve) =>
      worker.addEventListener("message", (event) => resolve(event.data), { once: true })
    );
  const ready = message();
  worker.postMessage({ products: 2, historyHours: 0.01 });
  const { wsUrl, restUrl } = await ready;
  const client = await openRawClient(wsUrl ?? "");
  const answer = await fetch(`${restUrl}/market/products?limit=1`);
  assert.equal((await answer.json()).num_products, 1);
  const closed = message();
  worker.postMessage({ command: "close" });
  assert.deepEqual(await closed, { closed: true });
  assert.equal(await client.closed, 1001);
  worker.terminate();
});

async function post(
  simulator: ExchangeSimulator,
  body: ControlCommand | object | number,
): Promise<Response> {
  const response = await fetch(simulator.controlUrl, {
    method: "POST",
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  return response;
}

Deno.test("simulator - a speed multiplies the frequency of trades, from then on", async () => {
  await using simulator = await startExchangeSimulator({
    manual: true,
    clock: { startAt: START },
    historyHours: 0.01,
    tradesPerSecond: 100,
  });
  const madeIn = (ms: number) => {
    const before = simulator.tradesMade;
    simulator.advance(ms);
    return simulator.tradesMade - before;
  };
  const usual = madeIn(30_000);
  simulator.control({ command: "pace", factor: 10 });
  const ratio = madeIn(30_000) / usual;
  assert.ok(ratio > 7 && ratio < 13, `${ratio}`);
  assert.throws(() => simulator.control({ command: "pace", factor: 0 }), RangeError);
});

Deno.test("simulator - a callback gets each text when it is sent", async () => {
  const sent: string[] = [];
  await subscribed(async (simulator, client) => {
    simulator.advance(1000);
    await client.until(({ events }) => events?.[0]?.heartbeat_counter !== undefined);
    assert.deepEqual(sent.slice(0, client.frames.length), client.frames);
  }, { onFrame: (text) => sent.push(text) });
});
