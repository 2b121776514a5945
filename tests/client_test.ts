import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openBus } from "../lib/bus/bus.ts";
import type { FollowOptions, FollowState } from "../static/client.d.ts";
import { followCandles } from "../lib/client/follow_candles.ts";
import { clientProgram } from "./client_program.ts";
import { timely, until } from "./harness/wait.ts";
import { BTC, ETH, minute } from "./hub_set_up.ts";
import { publishClosed } from "./publish_closed.ts";
import { withNats } from "./servers.ts";
import { SILENT, WebInstance } from "./web_instance.ts";

/** A follower that records what it gets: candles as product, minute and `live` where it is. */
function noting(instance: WebInstance, options: Partial<FollowOptions> = {}) {
  const seen: string[] = [];
  const states: FollowState[] = [];
  const details: string[] = [];
  const stop = followCandles({
    server: new URL(instance.url).origin,
    products: [BTC],
    granularities: ["ONE_MINUTE"],
    onCandle({ product_id, timestamp, is_complete }) {
      const at = (timestamp - minute(0).start) / 60;
      seen.push(`${product_id} ${at}${is_complete ? "" : " live"}`);
    },
    onState(state, detail) {
      states.push(state);
      if (detail !== undefined) details.push(detail);
    },
    ...options,
  });
  return { seen, states, details, stop };
}

/** Trade ids that continue from minute to minute. */
function tradesOf(n: number) {
  return { firstTradeId: 10 * n + 1, lastTradeId: 10 * n + 10 };
}

function withInstance(test: (instance: WebInstance) => Promise<void>): () => Promise<void> {
  return withNats(async ({ nats }) => {
    const { url } = await nats();
    const instance = await WebInstance.start(url);
    try {
      await test(instance);
    } finally {
      await instance.stop();
    }
  });
}

Deno.test(
  "client - over a restart it reconnects, and brings what closed in between before what is live",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    let instance = await WebInstance.start(url);
    const { port } = instance;
    const { seen, states, stop } = noting(instance);
    try {
      await until("an open stream", () => instance.hub.stats().clients === 1);
      instance.live(0, tradesOf(0));
      await until("a live candle", () => seen.length === 1);
      await instance.stop();
      const meanwhile = await openBus({ servers: [url], replicas: 1, log: SILENT });
      instance = await WebInstance.start(url, { port });
      await until("a new stream", () => instance.hub.stats().clients === 1);
      // As an ingest does that has come back: what is live is known before what has closed.
      instance.live(3, tradesOf(3));
      await until(
        "the hub's newest",
        () => instance.hub.currentEvent("BTC-USD.ONE_MINUTE") !== null,
      );
      const closed = [0, 1, 2].map((n) => minute(n, tradesOf(n)));
      await publishClosed(meanwhile, ...closed);
      await meanwhile.close();
      await until("all", () => seen.includes("BTC-USD 3 live"));
      assert.deepEqual(seen.slice(1), ["BTC-USD 0", "BTC-USD 1", "BTC-USD 2", "BTC-USD 3 live"]);
      assert.deepEqual(states, ["connecting", "live", "reconnecting", "live"]);
    } finally {
      stop();
      await instance.stop();
    }
  }),
);

Deno.test(
  "client - all who follow share a stream, whose products come and go, and each gets what it follows",
  withInstance(async (instance) => {
    await instance.close(0, ETH);
    const first = noting(instance);
    await until("a stream", () => instance.hub.stats().clients === 1);
    const sequence = await instance.close(1);
    await until("a candle", () => first.seen.length > 0);
    const later = [
      noting(instance, { products: [ETH] }),
      noting(instance, { products: [ETH, BTC], closedOnly: true }),
      noting(instance, { lastEventId: `${sequence - 1}` }),
    ];
    // What has not changed for long comes to a new follower too.
    await until("the quiet product's candle", () => later[0]?.seen[0] === "ETH-USD 0");
    await until("what closed since an id", () => later[2]?.seen[0] === "BTC-USD 1");
    assert.equal(instance.hub.stats().clients, 1);
    await instance.close(2);
    await instance.close(2, ETH);
    await until("both", () => later[1]?.seen.at(-1) === "ETH-USD 2");
    assert.deepEqual(first.seen, ["BTC-USD 1", "BTC-USD 2"]);
    assert.deepEqual(later[0]?.seen, ["ETH-USD 0", "ETH-USD 2"]);
    assert.deepEqual(later[2]?.seen, ["BTC-USD 1", "BTC-USD 2"]);
    for (const { stop } of later) stop();
    await until("a stream of what is left", () => instance.hub.isWanted(ETH) === false);
    await instance.close(3);
    await until("the next", () => first.seen.at(-1) === "BTC-USD 3");
    assert.equal(later[2]?.seen.includes("BTC-USD 3"), false);
    first.stop();
    await until("no stream", () => instance.hub.stats().clients === 0);
  }),
);

Deno.test(
  "client - what the server does not know is refused with a reason, and the others follow on",
  withInstance(async (instance) => {
    const good = noting(instance);
    const unknown = noting(instance, { products: ["NOPE-USD"] });
    const wrong = noting(instance, { granularities: ["SEVEN_MINUTE"] });
    await until(
      "two refusals",
      () => [unknown, wrong].every(({ states }) => states.at(-1) === "refused"),
    );
    assert.match(unknown.details[0] ?? "", /No such product: NOPE-USD/);
    assert.match(wrong.details[0] ?? "", /SEVEN_MINUTE \(allowed: \*, ONE_MINUTE, /);
    await instance.close(0);
    await until("a candle", () => good.seen.length === 1);
    assert.deepEqual(good.states, ["connecting", "live"]);
    good.stop();
  }),
);

Deno.test(
  "client - an ended follower hears nothing more, and one that never began opens nothing",
  withInstance(async (instance) => {
    const stopping = new AbortController();
    const { seen } = noting(instance, { signal: stopping.signal });
    await until("a stream", () => instance.hub.stats().clients === 1);
    stopping.abort();
    noting(instance, { signal: AbortSignal.abort() });
    await until("no stream", () => instance.hub.stats().clients === 0);
    await instance.close(0);
    assert.deepEqual([seen, instance.hub.stats().opened], [[], 1]);
    assert.throws(
      () => noting(instance, { server: "ftp://x" }),
      /server is not an http address: ftp/,
    );
  }),
);

Deno.test(
  "client - Node follows with the served module",
  withInstance(async (instance) => {
    const node = await clientProgram("node");
    const module = new URL("../static/client.js", import.meta.url).href;
    const script = `import { followCandles } from ${JSON.stringify(module)};
      followCandles({ server: ${
      JSON.stringify(new URL(instance.url).origin)
    }, products: ["BTC-USD"],
        granularities: "*", onCandle: ({ timestamp }) => console.log(timestamp) });`;
    const child = new Deno.Command(node, {
      args: ["--input-type=module", "--eval", script],
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      stdout: "piped",
    }).spawn();
    try {
      await until("a stream", () => instance.hub.stats().clients === 1);
      await instance.close(0);
      for await (const bytes of timely("a line", child.stdout)) {
        assert.equal(new TextDecoder().decode(bytes).trim(), `${minute(0).start}`);
        break;
      }
    } finally {
      child.kill();
      await child.status;
    }
  }),
);

Deno.test("client - the module is small, and needs nothing", async () => {
  const text = await Deno.readTextFile(new URL("../static/client.js", import.meta.url));
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const { byteLength } = await new Response(compressed).arrayBuffer();
  assert.ok(byteLength <= 4096, `${byteLength} bytes`);
  assert.doesNotMatch(text, /\bfrom\s*"|\bimport\s*\(/);
});
