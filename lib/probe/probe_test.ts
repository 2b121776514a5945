import assert from "node:assert/strict";
import { productId } from "../candles/product.ts";
import { startExchangeSimulator } from "../exchange_simulator/mod.ts";
import type { Finding } from "./assumption.ts";
import { ASSUMPTIONS, checkAll } from "./assumptions.ts";
import { Evidence } from "./evidence.ts";
import { probe, type ProbeOptions } from "./probe.ts";
import type { Recording } from "./recording.ts";
import { replay } from "./replay.ts";
import { type Break, BREAKS } from "./test_breaks.ts";
import { startRewritingRelay } from "./test_rewriting_relay.ts";

/** Six seconds of the exchange in one of ours. */
const EXCHANGE = { products: 8, tradesPerSecond: 15, batchMs: 50, clock: { speed: 6 } };
const SECONDS = 0.8;
/** How many are probed at a time. */
const AHEAD = 5;
const findings = new Map<Break, Promise<Finding>>();

Deno.test("probe - on an exchange that behaves every assumption holds, the limits' among them", async () => {
  // At the exchange's own speed, so that a short pause of the machine is not taken for a breach.
  const clock = { speed: 1 };
  await using exchange = await startExchangeSimulator({ ...EXCHANGE, clock, limits: true });
  const recording = await probe(optionsFor(exchange, { requestsPerSecond: 8, seconds: 3 }));
  const findings = checkAll(recording);
  assert.deepEqual(findings.filter(({ verdict }) => verdict !== "holds"), []);
  assert.equal(findings.length, ASSUMPTIONS.length);

  const { streamed, compared, different, dropped, losses } = await replay(recording);
  assert.ok(streamed > 0 && compared > 0, `${streamed} streamed, ${compared} compared`);
  assert.deepEqual([different, [...dropped], [...losses]], [[], [], []]);
});

Deno.test("probe - every assumption is broken by one of these tests", () => {
  const names = ASSUMPTIONS.map(({ name }) => name);
  const broken = BREAKS.flatMap((one) => names.filter((name) => name.startsWith(one.of)));
  assert.deepEqual(broken, names);
});

// Each mostly waits for its exchange, so the next few are started in advance.
for (const [index, one] of BREAKS.entries()) {
  Deno.test({
    name: `probe - it notices where this does not hold: ${nameOf(one)}`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      for (const next of BREAKS.slice(index, index + AHEAD)) void findingOf(next);
      const { verdict, against } = await findingOf(one);
      assert.equal(verdict, "contradicted");
      assert.ok(against.length > 0);
    },
  });
}

Deno.test("probe - what the product does not understand or merges otherwise shows in the replay", async () => {
  const { recording } = await probed({ of: "", faults: { corruptTrade: 0.5, dropFrame: 0.2 } });
  const broken = await replay(recording);
  assert.ok(broken.dropped.size > 0 && broken.losses.has("sequence"));
  assert.deepEqual(broken.different, []);

  const wrong = BREAKS.find(({ of }) => of === "candles - a minute");
  assert.ok(wrong !== undefined);
  const { compared, different } = await replay((await probed(wrong)).recording);
  assert.ok(different.length > 0 && different.length <= compared);
  assert.ok(different.every(({ ours }) => ours.granularity === "ONE_MINUTE"));
});

Deno.test("probe - a full recording ends, and is marked so; a stopped one has what was seen", async () => {
  const { recording } = await probed({ of: "" }, { maxLength: 100_000 });
  assert.equal(recording.full, true);
  const length = recording.entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
  assert.ok(length < 200_000, `${length} characters`);

  const stop = new AbortController();
  let relayed = 0;
  const frame = (one: Record<string, unknown>) => {
    // The first ones have arrived by then.
    if (++relayed === 20) stop.abort();
    return [one];
  };
  const stopped = await probed({ of: "", frame }, { signal: stop.signal, seconds: 60 });
  assert.ok(stopped.recording.entries.some(({ kind }) => kind === "frame"));
});

Deno.test("probe - without its list, or without its feed, the exchange cannot be probed", async () => {
  await using exchange = await startExchangeSimulator(EXCHANGE);
  const failing = (changes: Partial<ProbeOptions>) => probe(optionsFor(exchange, changes));
  const nowhere = "127.0.0.1:1/api";
  await assert.rejects(failing({ restUrl: `http://${nowhere}` }), /list of products/);
  await assert.rejects(failing({ wsUrl: `ws://${nowhere}` }), /feed cannot be reached/);
  const products = [productId("BTC-USD"), productId("NO-USD")];
  await assert.rejects(failing({ products }), /does not list NO-USD/);
  exchange.control({ command: "faults", rates: { rest500: 1 } });
  await assert.rejects(failing({}), /HTTP 500/);
});

Deno.test("probe - what did not happen is not seen, and never holds", () => {
  const findings = checkAll({
    startedAt: "",
    wsUrl: "",
    restUrl: "",
    products: ["BTC-USD"],
    entries: [],
    full: false,
  });
  assert.deepEqual(findings.filter(({ verdict }) => verdict !== "not seen"), []);
});

function nameOf({ of }: Break): string {
  return ASSUMPTIONS.find(({ name }) => name.startsWith(of))?.name ?? of;
}

/**
 * What the probe finds about an assumption on an exchange that breaks it. Each runs once, however
 * often this is called.
 */
function findingOf(one: Break): Promise<Finding> {
  const finding = findings.get(one) ?? find(one);
  findings.set(one, finding);
  // A failure belongs to the test of that assumption, which awaits it, and not to the test that
  // started it.
  finding.catch(() => {});
  return finding;
}

async function find(one: Break): Promise<Finding> {
  const { recording } = await probed(one);
  const assumption = ASSUMPTIONS.find(({ name }) => name.startsWith(one.of));
  assert.ok(assumption !== undefined, `there is no assumption ${one.of}`);
  // This one alone: checking all of them takes longer than the probe.
  return { name: assumption.name, ...assumption.check(new Evidence(recording)) };
}

async function probed(
  one: Break,
  changes: Partial<ProbeOptions> = {},
): Promise<{ recording: Recording }> {
  await using exchange = await startExchangeSimulator(EXCHANGE);
  if (one.faults !== undefined) exchange.control({ command: "faults", rates: one.faults });
  if (one.refuse !== undefined) {
    exchange.control({ command: "refuseSubscriptions", products: one.refuse });
  }
  await using relay = startRewritingRelay(exchange, one);
  const seconds = one.seconds ?? SECONDS;
  return { recording: await probe(optionsFor(relay, { seconds, ...changes })) };
}

function optionsFor(
  { wsUrl, restUrl }: Pick<ProbeOptions, "wsUrl" | "restUrl">,
  changes: Partial<ProbeOptions>,
): ProbeOptions {
  return {
    wsUrl,
    restUrl,
    requestsPerSecond: 1000,
    products: null,
    seconds: SECONDS,
    signal: new AbortController().signal,
    report: () => {},
    ...changes,
  };
}
