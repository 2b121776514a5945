import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { configuredNats, debianNats } from "../../tests/harness/nats_program.ts";
import { until } from "../../tests/harness/wait.ts";
import { withNats } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { type Bus, openBus } from "./bus.ts";
import type { BusOptions } from "./bus_options.ts";
import type { BusState } from "./bus_state.ts";

const MIB = 1024 ** 2;

/** Accounts as hosted NATS has them, one for each limit. */
const ACCOUNTS = `
jetstream { store_dir: STORE, max_file_store: 64GB }
accounts {
  REQUIRED: { users: [{user: required, password: x}], jetstream: { max_file: 4GB, max_bytes_required: true } }
  SMALL: { users: [{user: small, password: x}], jetstream: { max_file: 100MB, max_bytes_required: true } }
  TINY: { users: [{user: tiny, password: x}], jetstream: { max_file: 20MB } }
  STREAMS: { users: [{user: streams, password: x}], jetstream: { max_file: 4GB, max_streams: 2 } }
  CONSUMERS: { users: [{user: consumers, password: x}], jetstream: { max_file: 4GB, max_consumers: 1 } }
  FEW: { users: [{user: few, password: x}], jetstream: { max_file: 4GB, max_consumers: 4 } }
  PENDING: { users: [{user: pending, password: x}], jetstream: { max_file: 4GB, max_ack_pending: 500 } }
  LARGEST: { users: [{user: largest, password: x}], jetstream: { max_file: 4GB, disk_max_stream_bytes: 50MB } }
  NONE: { users: [{user: none, password: x}] }
}`;

/** A bus that is opened, though it may never become usable. */
class Opening implements AsyncDisposable {
  readonly lines: string[] = [];
  state: BusState = { state: "connecting", reason: null };
  readonly #giveUp = new AbortController();
  readonly bus: Promise<Bus | null>;

  constructor(server: string, layout: BusOptions["layout"] = {}) {
    const note = (line: string, values?: Record<string, unknown>) => {
      this.lines.push(String(values?.line ?? line));
    };
    this.bus = openBus({
      servers: [server],
      replicas: 1,
      layout,
      log: { info() {}, warn: note, error: note },
      signal: this.#giveUp.signal,
      onState: (state) => this.state = state,
    }).catch(() => null);
  }

  /** Resolves once it has reported a state. */
  settled(): Promise<BusState> {
    return until("a state", () => {
      return this.state.state === "up" && !this.isReady || this.state.state === "connecting"
        ? null
        : this.state;
    });
  }

  isReady = false;

  async whenUp(): Promise<Bus> {
    const bus = await this.bus;
    this.isReady = true;
    assert.ok(bus !== null);
    return bus;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#giveUp.abort();
    await (await this.bus)?.close();
  }
}

async function publishOne(bus: Bus): Promise<void> {
  const publisher = bus.closedPublisher({ onOverflow() {}, onConflict() {} });
  publisher.enqueue(sampleCandle());
  await publisher.idle();
  await publisher.close();
}

Deno.test(
  "account limits - an account that requires max_bytes takes everything with the defaults",
  withNats(async () => {
    await using server = await configuredNats(ACCOUNTS);
    await using opening = new Opening(`required:x@${server.host}`);
    const bus = await opening.whenUp();
    await publishOne(bus);
    bus.publisherFor().putCurrent("BTC-USD.ONE_MINUTE", new TextEncoder().encode("{}"));
    await bus.publisherFor().currentSettled();
    assert.deepEqual([bus.state().state, bus.dropped().current], ["up", 0]);
    assert.deepEqual(opening.lines, []);
  }),
);

Deno.test(
  "account limits - what is beyond a limit is reported in one line with the setting that fits, and fits",
  withNats(async () => {
    await using server = await configuredNats(ACCOUNTS);
    const refused: readonly [string, RegExp, BusOptions["layout"]][] = [
      ["small", /CLOSED_CANDLES needs 2GiB: set NATS_STREAM_MAX_BYTES=35MiB or less$/, {
        streamMaxBytes: 35 * MIB,
      }],
      ["tiny", /live-candles needs 64MiB: set NATS_KV_MAX_BYTES=9MiB or less$/, {
        kvMaxBytes: 8 * MIB,
        streamMaxBytes: 8 * MIB,
      }],
      ["largest", /allows a stream .*, and live-candles needs 64MiB: set NATS_KV_MAX_BYTES=/, {
        kvMaxBytes: 40 * MIB,
        streamMaxBytes: 40 * MIB,
      }],
      ["pending", /500 unacknowledged messages, not 20000: set NATS_MAX_ACK_PENDING=500 or less$/, {
        maxAckPending: 500,
      }],
    ];
    for (const [user, line, fitting] of refused) {
      const address = `${user}:x@${server.host}`;
      await using opening = new Opening(address);
      const { state, reason } = await opening.settled();
      assert.equal(state, "down", `${user}: ${reason}`);
      assert.match(reason ?? "", line);
      assert.equal(reason?.includes("\n"), false);
      await using second = new Opening(address, fitting);
      await publishOne(await second.whenUp());
    }
  }),
);

Deno.test(
  "account limits - too few streams or consumers, or no JetStream, are named and never ready",
  withNats(async () => {
    await using server = await configuredNats(ACCOUNTS);
    const refused: readonly [string, RegExp][] = [
      ["streams", /allows 2 streams and has 2: Spot Canvas needs 3/],
      ["consumers", /allows 1 consumers of a stream: Spot Canvas needs 2 at least/],
      ["none", /^JetStream is not enabled for this NATS account/],
    ];
    for (const [user, line] of refused) {
      await using opening = new Opening(`${user}:x@${server.host}`);
      const { state, reason } = await opening.settled();
      assert.equal(state, "down", user);
      assert.match(reason ?? "", line);
    }
    await using opening = new Opening(`few:x@${server.host}`);
    await publishOne(await opening.whenUp());
    assert.equal(opening.lines.length, 1);
    assert.match(opening.lines[0] ?? "", /allows 4 consumers of a stream: .* 12 or more/);
  }),
);

Deno.test(
  "layout - changed settings are applied to what is there already, buckets of before included",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    const { username, password, host } = new URL(url);
    const connection = await connect({ servers: host, user: username, pass: password });
    const manager = await jetstreamManager(connection);
    // As earlier versions created it.
    await manager.streams.add({
      name: "KV_live-candles",
      subjects: ["$KV.live-candles.>"],
      max_msgs_per_subject: 1,
      discard: "new",
      allow_rollup_hdrs: true,
      deny_delete: true,
      max_bytes: -1,
    });
    {
      await using opening = new Opening(url);
      await opening.whenUp();
      assert.deepEqual(opening.lines, []);
    }
    const layout = {
      streamMaxBytes: 100 * MIB,
      streamMaxAgeMs: 24 * 3_600_000,
      kvMaxBytes: 8 * MIB,
      maxAckPending: 777,
    };
    await using opening = new Opening(url, layout);
    await opening.whenUp();
    assert.deepEqual(opening.lines, []);
    const stream = (await manager.streams.info("CLOSED_CANDLES")).config;
    const bucket = (await manager.streams.info("KV_live-candles")).config;
    const consumer = (await manager.consumers.info("CLOSED_CANDLES", "store")).config;
    assert.deepEqual(
      [stream.max_bytes, stream.max_age, bucket.max_bytes, consumer.max_ack_pending],
      [100 * MIB, 24 * 3_600e9, 8 * MIB, 777],
    );
    await connection.close();
  }),
);

Deno.test(
  "server version - one that is too old is down and reports what is needed, and 2.10 will do",
  withNats(async () => {
    const plain = "jetstream { store_dir: STORE }";
    await using old = await configuredNats(plain, await debianNats("bookworm"));
    await using opening = new Opening(old.host);
    const { state, reason } = await opening.settled();
    assert.equal(state, "down");
    assert.match(
      reason ?? "",
      /^nats-server 2\.9\.\d+ is too old: Spot Canvas needs 2\.10 or newer/,
    );
    await using newer = await configuredNats(plain, await debianNats("trixie"));
    await using second = new Opening(newer.host);
    const bus = await second.whenUp();
    await publishOne(bus);
    const lease = await bus.takeLease("ingest.1.0");
    assert.deepEqual([bus.state().state, lease?.isFenced], ["up", false]);
    await lease?.release();
  }),
);
