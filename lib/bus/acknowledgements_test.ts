import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { until } from "../../tests/harness/wait.ts";
import { withNats } from "../../tests/servers.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { BusCondition } from "./bus_state.ts";
import { connectForGood } from "./connection.ts";

const TIMEOUT_MS = 5_000;
const ONE_BYTE = new Uint8Array(1);

interface Subject {
  readonly connection: NatsConnection;
  readonly condition: BusCondition;
  readonly acknowledgements: Acknowledgements;
  /** The outcome of each message, in the order in which they settled. */
  readonly outcomes: (string | null)[];
}

/** A stream `KEPT` that accepts messages of up to ten bytes on `kept.>`, and acknowledgements of what is sent to it. */
async function newSubject(url: string, clock?: FakeClock): Promise<Subject> {
  const condition = new BusCondition();
  const { signal } = new AbortController();
  const connection = await connectForGood({ servers: [url] }, condition, signal);
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "KEPT", subjects: ["kept.>"], max_msg_size: 10 });
  const outcomes: (string | null)[] = [];
  const acknowledgements = new Acknowledgements(
    connection,
    condition,
    TIMEOUT_MS,
    (trouble) => outcomes.push(trouble),
    clock,
  );
  return { connection, condition, acknowledgements, outcomes };
}

Deno.test(
  "acknowledgements - every one of many messages is acknowledged, and refused ones are reported",
  withNats(async ({ nats }) => {
    const { url } = await nats();
    const { connection, acknowledgements, outcomes } = await newSubject(url);
    const total = 5_000;
    for (let i = 0; i < total; i++) acknowledgements.publish(`kept.${i}`, ONE_BYTE);
    assert.equal(acknowledgements.waiting, total);
    await acknowledgements.idle();
    assert.deepEqual(outcomes, Array(total).fill(null));
    const { state } = await (await jetstreamManager(connection)).streams.info("KEPT");
    assert.equal(state.messages, total);

    acknowledgements.publish("kept.large", new Uint8Array(11));
    await acknowledgements.idle();
    assert.match(outcomes.at(-1) ?? "", /^JetStream refuses: message size exceeds maximum/);
    acknowledgements.publish("nowhere", ONE_BYTE);
    await acknowledgements.idle();
    assert.match(outcomes.at(-1) ?? "", /not enabled, or no leader/);
    assert.equal(outcomes.length, total + 2);
    await connection.close();
    acknowledgements.publish("kept.late", ONE_BYTE);
    assert.match(outcomes.at(-1) ?? "", /closed/);
    assert.equal(acknowledgements.waiting, 0);
  }),
);

Deno.test(
  "acknowledgements - what is not answered fails when its time is up, and immediately when the connection is lost",
  withNats(async ({ nats }) => {
    const clock = new FakeClock();
    const { connection, condition, acknowledgements, outcomes } = await newSubject(
      (await nats()).url,
      clock,
    );
    // A subscriber that receives these messages and never answers, like a JetStream that has
    // stalled.
    const taken: Msg[] = [];
    connection.subscribe("mute.>", { callback: (_, message) => void taken.push(message) });
    acknowledgements.publish("mute.1", ONE_BYTE);
    await clock.pass(TIMEOUT_MS / 2);
    acknowledgements.publish("mute.2", ONE_BYTE);
    await until("both messages", () => taken.length === 2, { everyMs: 1 });
    await clock.pass(TIMEOUT_MS / 2 - 1);
    assert.deepEqual(outcomes, []);
    await clock.pass(1000);
    assert.deepEqual(outcomes, ["JetStream does not answer in time"]);
    assert.equal(acknowledgements.waiting, 1);

    condition.connection("down", "disconnected from NATS");
    assert.deepEqual(outcomes.slice(1), ["disconnected"]);
    assert.equal(acknowledgements.waiting, 0);
    assert.equal(clock.timers, 0);
    for (const message of taken) message.respond('{"stream":"KEPT","seq":1}');
    await connection.flush();
    assert.equal(outcomes.length, 2, "an answer that comes after all is nothing new");
    await connection.close();
  }),
);
