import assert from "node:assert/strict";
import { until } from "../../tests/harness/wait.ts";
import { withServers } from "../../tests/servers.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import { type Bus, openBus } from "../bus/bus.ts";
import { epochSeconds } from "../candles/granularity.ts";
import { openStore, type Store } from "../store/store.ts";
import { openDatabase } from "../store/database.ts";
import { parseDatabaseUrl } from "../store/database_url.ts";
import { runWriter } from "../store/writer.ts";
import { StoreCatchUp } from "./store_catch_up.ts";

const SILENT = { info() {}, warn() {}, error() {} };
const FIRST = 1_704_567_600;

/** A bus, a database, and its mark. */
interface Stand {
  readonly bus: Bus;
  readonly store: Store;
  readonly lines: string[];
  readonly sql: ReturnType<typeof openDatabase>;
  /** Publishes the minutes from one number to another. */
  publish(from: number, to: number): Promise<void>;
  /** Stores all that is delivered, until nothing is left. */
  storeAll(): Promise<void>;
  /** Numbers of the minutes that are stored. */
  stored(): Promise<number>;
  /** `settledAfterMs`: how long another process has to move a mark that is behind. */
  catchUp(settledAfterMs?: number): StoreCatchUp;
  mark(): Promise<number | null>;
}

function stand(test: (it: Stand) => Promise<void>): () => Promise<void> {
  return withServers(async ({ database, nats }) => {
    const [url, server] = await Promise.all([database(), nats()]);
    await using store = await openStore(url, { log: SILENT });
    await store.ready();
    await using bus = await openBus({ servers: [server.url], replicas: 1, log: SILENT });
    const sql = openDatabase(parseDatabaseUrl(url), { connections: 1, statementTimeoutMs: 0 });
    await sql`INSERT INTO products (product_id, base_currency, quote_currency, status)
      VALUES ('BTC-USD', 'BTC', 'USD', 'online')`;
    const stop = new AbortController();
    const lines: string[] = [];
    const note = (line: string) => void lines.push(line);
    const storeAll = async () => {
      const end = new AbortController();
      const writing = runWriter({
        batches: bus.consumeClosed({ maxBatch: 100, maxWaitMs: 10, signal: end.signal }),
        candles: store.candles,
        deadLetters: store.deadLetters,
        log: SILENT,
        signal: end.signal,
      });
      await until("all to be stored", async () => (await bus.storeLag()).pending === 0, {
        everyMs: 20,
      });
      end.abort();
      await writing;
    };
    await test({
      bus,
      store,
      lines,
      sql,
      async publish(from, to) {
        const publisher = bus.closedPublisher({ onOverflow() {}, onConflict() {} });
        for (let i = from; i < to; i++) {
          publisher.enqueue(sampleCandle({ start: epochSeconds(FIRST + i * 60) }));
        }
        await publisher.idle();
        await publisher.close();
      },
      storeAll,
      async stored() {
        const [row] = await sql<{ count: number }[]>`SELECT count(*)::int AS count FROM candles`;
        return row?.count ?? 0;
      },
      catchUp: (settledAfterMs = 300) =>
        new StoreCatchUp({
          bus,
          mark: store.mark,
          log: { ...SILENT, info: note, warn: note },
          signal: stop.signal,
          settledAfterMs,
        }),
      async mark() {
        const { stream } = await bus.storeFloor();
        return (await store.mark.read(stream)).sequence;
      },
    });
    stop.abort();
    await sql.end();
  });
}

Deno.test(
  "store catch-up - the mark follows what was acknowledged, and a start with it there resets nothing",
  stand(async (it) => {
    const first = it.catchUp();
    await first.look();
    await it.publish(0, 50);
    await it.storeAll();
    await first.look();
    assert.equal(await it.mark(), (await it.bus.storeFloor()).ackFloor);
    await it.catchUp().look();
    assert.deepEqual(it.lines, []);
    assert.equal(await it.stored(), 50);
    assert.equal((await it.store.mark.doubts()).length, 0);
  }),
);

Deno.test(
  "store catch-up - a database that went back in time has all since its mark delivered again",
  stand(async (it) => {
    const catchUp = it.catchUp();
    await catchUp.look();
    await it.publish(0, 20);
    await it.storeAll();
    await catchUp.look();
    const held = await it.mark();
    await it.publish(20, 50);
    await it.storeAll();
    await catchUp.look();
    // Row by row, which changes neither tables nor server: only the mark shows it.
    await it.sql`DELETE FROM candles WHERE start >= to_timestamp(${FIRST + 20 * 60}::bigint)`;
    await it.sql`UPDATE store_mark SET sequence = ${held}, written_at = now() - interval '1 hour'`;
    assert.equal(await it.stored(), 20);
    await catchUp.look();
    await it.storeAll();
    assert.equal(await it.stored(), 50);
    assert.match(it.lines.join("\n"), /it has gone back in time, and \{missing\}/);
    assert.equal((await it.store.mark.doubts()).length, 1);
    await catchUp.look();
    assert.equal(await it.mark(), (await it.bus.storeFloor()).ackFloor);
  }),
);

Deno.test(
  "store catch-up - a database without a mark, as of a version before, gets all that the stream has",
  stand(async (it) => {
    await it.publish(0, 30);
    await it.storeAll();
    await it.sql`DELETE FROM candles WHERE start >= to_timestamp(${FIRST + 10 * 60}::bigint)`;
    await it.catchUp().look();
    await it.storeAll();
    assert.equal(await it.stored(), 30);
    assert.match(it.lines.join("\n"), /does not record how much of the stream it holds/);
  }),
);

Deno.test(
  "store catch-up - a mark that another process is about to move is waited for, not reset",
  stand(async (it) => {
    // The other one waits for longer than a busy machine takes to move the mark.
    const [one, other] = [it.catchUp(), it.catchUp(30_000)];
    await one.look();
    await it.publish(0, 10);
    await it.storeAll();
    // The other process starts between the acknowledgement and the mark.
    const looking = other.look();
    await one.look();
    await looking;
    assert.deepEqual(it.lines, []);
    assert.equal(await it.mark(), (await it.bus.storeFloor()).ackFloor);
  }),
);

Deno.test(
  "store catch-up - a mark never moves for a database that is another one than before",
  stand(async (it) => {
    const { stream, ackFloor } = await it.bus.storeFloor();
    await it.catchUp().look();
    const { identity } = await it.store.mark.read(stream);
    const from = { sequence: ackFloor, identity };
    assert.equal(await it.store.mark.advance(stream, from, ackFloor + 5), true);
    assert.equal(await it.store.mark.advance(stream, from, ackFloor + 2), true);
    assert.equal(await it.mark(), ackFloor + 5, "it never goes back");
    await it.sql.unsafe("CREATE TABLE other (LIKE store_mark INCLUDING ALL)");
    await it.sql.unsafe("INSERT INTO other SELECT * FROM store_mark");
    await it.sql.unsafe("DROP TABLE store_mark");
    await it.sql.unsafe("ALTER TABLE other RENAME TO store_mark");
    assert.equal(await it.store.mark.advance(stream, from, ackFloor + 9), false);
  }),
);

Deno.test(
  "store catch-up - a consumer that was created again lowers the mark, so that nothing is skipped",
  stand(async (it) => {
    const catchUp = it.catchUp();
    await catchUp.look();
    await it.publish(0, 10);
    await it.storeAll();
    await catchUp.look();
    const { first } = await it.bus.storeFloor();
    await it.bus.resetStoreFloor(first - 1);
    await catchUp.look();
    assert.equal(await it.mark(), first - 1);
    await it.storeAll();
    await catchUp.look();
    assert.equal(await it.mark(), (await it.bus.storeFloor()).ackFloor);
    assert.equal(await it.stored(), 10);
  }),
);
