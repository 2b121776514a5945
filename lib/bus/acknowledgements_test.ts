import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { withNats } from "../../tests/servers.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { BusCondition } from "./bus_state.ts";
import { connectForGood } from "./connection.ts";

const ONE_BYTE = new Uint8Array(1);

interface Subject {
  readonly connection: NatsConnection;
  readonly condition: BusCondition;
  readonly acknowledgements: Acknowledgements;
  /** What became of each message, in the order in which that was known. */
  readonly outcomes: (string | null)[];
}

/** A stream `KEPT` that takes messages of up to ten bytes on `kept.>`, and acknowledgements of what is sent to it. */
async function newSubject(url: string, timeoutMs = 5_000): Promise<Subject> {
  const condition = new BusCondition();
  const { signal } = new AbortController();
  const connection = await connectForGood({ servers: [url] }, condition, signal);
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "KEPT", subjects: ["kept.>"], max_msg_size: 10 });
  const outcomes: (string | null)[] = [];
  const acknowledgements = new Acknowledgements(
    connection,
    condition,
    timeoutMs,
    (trouble) => outcomes.push(trouble),
  );
  return { connection, condition, acknowledgements, outcomes };
}

Deno.test(
  "every one of many messages is acknowledged, and what is refused or has no stream is told",
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
  "a server that does not answer fails a message when its time is up, and a lost one at once",
  withNats(async ({ nats }) => {
    const { url, pid } = await nats();
    const { connection, condition, acknowledgements, outcomes } = await newSubject(url, 100);
    Deno.kill(pid, "SIGSTOP");
    acknowledgements.publish("kept.1", ONE_BYTE);
    await acknowledgements.idle();
    assert.deepEqual(outcomes, ["JetStream does not answer in time"]);

    acknowledgements.publish("kept.2", ONE_BYTE);
    condition.connection("down", "disconnected from NATS");
    assert.deepEqual(outcomes.slice(1), ["disconnected"]);
    assert.equal(acknowledgements.waiting, 0);
    Deno.kill(pid, "SIGCONT");
    await connection.flush();
    assert.equal(outcomes.length, 2, "an answer that comes after all is nothing new");
    await connection.close();
  }),
);
