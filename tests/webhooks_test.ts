import { strict as assert } from "node:assert";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { freePort } from "./harness/app_process.ts";
import { scenario } from "./harness/scenario.ts";
import { pause, until } from "./harness/wait.ts";
import { newDirectory } from "./servers.ts";

// Slow: outages last for real time, since retries and leases do.

const KEY = new Uint8Array(32).fill(9);
const GRANULARITIES = ["ONE_MINUTE", "FIVE_MINUTE"];

interface Posted {
  readonly sequence: number;
  readonly key: string;
}

/** A receiver as an operator has one, on a port that stays the same: it can be down, or refuse everything. */
class Receiver {
  readonly posted: Posted[] = [];
  status = 204;
  #server: Deno.HttpServer | null = null;

  constructor(readonly port: number) {}

  start(): void {
    this.#server = Deno.serve(
      { port: this.port, hostname: "127.0.0.1", onListen() {} },
      (request) => {
        return this.#answer(request);
      },
    );
  }

  async stop(): Promise<void> {
    await this.#server?.shutdown();
    this.#server = null;
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.text();
    const { "webhook-id": id, "webhook-timestamp": time } = Object.fromEntries(request.headers);
    const mac = createHmac("sha256", KEY).update(`${id}.${time}.${body}`).digest("base64");
    assert.equal(request.headers.get("webhook-signature"), `v1,${mac}`);
    if (this.status === 204) {
      const { sequence, candle } = JSON.parse(body);
      assert.equal(candle.is_complete, true);
      this.posted.push({ sequence, key: `${candle.product_id}.${candle.granularity}` });
    }
    return new Response(null, { status: this.status });
  }
}

/** Every closed candle of these granularities that the stream has from a sequence on. */
async function published(url: string, from: number): Promise<Posted[]> {
  const { host, username, password } = new URL(url);
  const connection = await connect({ servers: host, user: username, pass: password });
  const manager = await jetstreamManager(connection);
  const all: Posted[] = [];
  for (let seq = from;;) {
    const message = await manager.direct.getMessage("CLOSED_CANDLES", {
      seq,
      next_by_subj: "closed-candles.>",
    });
    if (message === null) break;
    seq = message.seq + 1;
    const key = message.subject.slice("closed-candles.".length);
    if (GRANULARITIES.includes(key.split(".")[1] ?? "")) all.push({ sequence: message.seq, key });
  }
  await connection.close();
  return all;
}

/** The order in which each key's candles came first. */
function firstOrder(posted: readonly Posted[]): Map<string, number[]> {
  const seen = new Set<number>();
  const order = new Map<string, number[]>();
  for (const { sequence, key } of posted) {
    if (seen.has(sequence)) continue;
    seen.add(sequence);
    order.set(key, [...order.get(key) ?? [], sequence]);
  }
  return order;
}

async function withFile(): Promise<{ receiver: Receiver; env: Record<string, string> }> {
  const receiver = new Receiver(freePort());
  const path = join(await newDirectory(), "webhooks.json");
  const webhook = {
    name: "test",
    url: `http://127.0.0.1:${receiver.port}/candles`,
    secret: `whsec_${KEY.toBase64()}`,
    granularities: GRANULARITIES,
  };
  await Deno.writeTextFile(path, JSON.stringify({ webhooks: [webhook] }));
  return { receiver, env: { WEBHOOKS_FILE: path } };
}

const { receiver, env } = await withFile();

Deno.test(
  "webhooks - outages of the receiver, of NATS and of the process cost no candle and no order",
  scenario({ env }, async (it) => {
    receiver.start();
    try {
      it.time.speed = 40;
      await until("candles", () => receiver.posted.length > 20, { timeoutMs: 60_000 });
      const first = receiver.posted[0]?.sequence ?? NaN;
      await receiver.stop();
      await pause(6_000);
      receiver.start();
      receiver.status = 503;
      await pause(3_000);
      receiver.status = 204;
      await pause(2_000);
      await it.nats.kill();
      await pause(4_000);
      await it.nats.restart();
      await pause(4_000);
      await it.app.kill();
      await pause(1_000);
      await it.startApp().whenReady();
      await pause(4_000);
      await receiver.stop();
      await it.app.terminate();
      await it.startApp().whenReady();
      receiver.start();
      await pause(2_000);
      it.time.speed = 0;
      const expected = await until("every candle", async () => {
        const all = await published(it.nats.url, first);
        const posted = new Set(receiver.posted.map(({ sequence }) => sequence));
        return all.length > 100 && all.every(({ sequence }) => posted.has(sequence)) ? all : null;
      }, { timeoutMs: 120_000, everyMs: 1_000 });
      assert.deepEqual(firstOrder(receiver.posted), firstOrder(expected));
      const headers = { accept: "application/json" };
      const { webhooks: [webhook] } = await (await fetch(`${it.app.url}/status`, { headers }))
        .json();
      assert.equal(webhook.name, "test");
      assert.equal(webhook.state, "up");
      const metrics = (await it.app.request("/metrics"))?.text ?? "";
      assert.match(
        metrics,
        /^spot_canvas_webhook_posts_total\{webhook="test",outcome="delivered"\} [1-9]/m,
      );
      assert.match(metrics, /^spot_canvas_webhook_failing\{webhook="test"\} 0$/m);
    } finally {
      await receiver.stop();
    }
  }),
);

Deno.test(
  "webhooks - of two processes with the file one posts, and the other takes over when it is killed",
  scenario({ env }, async (it) => {
    receiver.posted.length = 0;
    receiver.start();
    try {
      it.time.speed = 40;
      await until("candles", () => receiver.posted.length > 10, { timeoutMs: 60_000 });
      const first = receiver.posted[0]?.sequence ?? NaN;
      const other = it.startAt(await it.place({ ROLES: "store,web" }));
      const stateOf = async () => {
        const answer = await fetch(`${other.url}/status`, {
          headers: { accept: "application/json" },
        }).catch(() => null);
        return (await answer?.json())?.webhooks?.[0]?.state;
      };
      await until("the other to stand by", async () => await stateOf() === "standby");
      await pause(3_000);
      await it.app.kill();
      await until("the other to post", async () => await stateOf() === "up", {
        timeoutMs: 60_000,
      });
      await it.startApp().whenReady();
      await pause(3_000);
      it.time.speed = 0;
      const expected = await until("every candle", async () => {
        const all = await published(it.nats.url, first);
        const posted = new Set(receiver.posted.map(({ sequence }) => sequence));
        return all.every(({ sequence }) => posted.has(sequence)) ? all : null;
      }, { timeoutMs: 120_000, everyMs: 1_000 });
      assert.deepEqual(firstOrder(receiver.posted), firstOrder(expected));
      const twice = receiver.posted.length -
        new Set(receiver.posted.map((one) => one.sequence)).size;
      assert.ok(twice <= 16, `${twice} posted twice: at most what was being posted`);
    } finally {
      await receiver.stop();
    }
  }),
);
