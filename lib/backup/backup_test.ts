import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { newDirectory, withServers } from "../../tests/servers.ts";
import { openDatabase } from "../store/database.ts";
import type { Database } from "../store/database.ts";
import { parseDatabaseUrl } from "../store/database_url.ts";
import { migrate } from "../store/migrations.ts";
import { BACKUP_TABLES, BackupError, jsonLine, readHead } from "./backup_format.ts";
import { checkBackup, readBackup } from "./read_backup.ts";
import { writeBackup } from "./write_backup.ts";

// Slow: whole databases are made, written, read and compared, over and over.

const WRITTEN_AT = new Date("2026-11-27T04:00:00Z");
const CANDLES = 20_000;
/** Text with everything that has a meaning for COPY, psql or a reader of lines. */
const ODD = "\\.\n\\.\r\n\ttab\\N \\\\ 'quote' \u{1f4c8} COMMIT;\n-- {}";

async function withDatabases(
  databases: { database(): Promise<string> },
  count: number,
  work: (...open: Database[]) => Promise<void>,
): Promise<void> {
  const open: Database[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const address = parseDatabaseUrl(await databases.database());
      open.push(openDatabase(address, { connections: 2, statementTimeoutMs: 0 }));
    }
    await work(...open);
  } finally {
    for (const database of open) await database.end({ timeout: 1 });
  }
}

/** Migrates and fills every table. */
async function fill(database: Database): Promise<void> {
  await migrate(database, "up");
  await database`INSERT INTO candles
    SELECT 'P' || n % 7 || '-USD', 'ONE_MINUTE', to_timestamp(1700000000 + 60 * n), n, n + 0.00000001, 1e-8, n,
      1234567890123456789.00000001, NULL, n / 3.0, CASE WHEN n % 2 = 0 THEN n END, 9007199254740993, NULL, n % 2 = 0, n
    FROM generate_series(1, ${CANDLES}::int) n`;
  await database`INSERT INTO products (product_id, base_currency, quote_currency, base_name, status)
    VALUES ('BTC-USD', 'BTC', 'USD', ${ODD}, 'online'), ('', '', '', NULL, '')`;
  await database`INSERT INTO gaps (product_id, from_id, to_id, from_time, to_time, reason)
    VALUES ('BTC-USD', 1, 2, 'epoch', '2026-01-01 00:00:00.123456Z', ${ODD})`;
  await database`INSERT INTO backfills VALUES ('BTC-USD', 'ONE_DAY', '{[0,86400),[172800,259200)}')`;
  await database`INSERT INTO imports VALUES (${ODD}, 'candles', NULL, 3, 4)`;
  await database`INSERT INTO dead_letters (sequence, key, bytes, reason)
    VALUES (7, 'k', ${Uint8Array.from([0, 10, 92, 46, 10, 255])}, ${ODD})`;
  await database`INSERT INTO store_mark (stream, sequence) VALUES ('2026', 1795751618791)`;
  await database`INSERT INTO doubts (from_time, to_time, reason) VALUES ('epoch', now(), 'r')`;
  await database`INSERT INTO audits VALUES ('BTC-USD', 'ONE_MINUTE', 'epoch', now(), 3, 4)`;
  await database`INSERT INTO disagreements (product_id, granularity, start, ours)
    VALUES ('BTC-USD', 'ONE_MINUTE', 'epoch', '1 2 1 2 0.00000001')`;
}

/** The content of all tables, one text for each. */
async function contents(database: Database): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const table of BACKUP_TABLES) {
    const [row] = await database.unsafe<{ rows: string; count: string }[]>(
      `SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS rows
        FROM ${table} t`,
    );
    all[table] = `${row?.count} ${row?.rows}`;
  }
  const [sums] = await database<{ sums: string }[]>`
    SELECT concat_ws('/', sum(volume), sum(buy_volume), sum(high), sum(trades)) AS sums FROM candles`;
  return { ...all, sums: sums?.sums ?? "" };
}

async function backUp(database: Database): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  await writeBackup(database, {
    writtenAt: WRITTEN_AT,
    take: (bytes) => Promise.resolve(void pieces.push(Uint8Array.from(bytes))),
  });
  return await new Blob(pieces).bytes();
}

/** In pieces of `size` bytes. */
async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await bytes.slice(at, at + size);
}

function edit(bytes: Uint8Array, change: (text: string) => string): Uint8Array {
  return new TextEncoder().encode(change(new TextDecoder().decode(bytes)));
}

Deno.test(
  "backup - a damaged database is restored to what it was: every row and every sum",
  withServers((servers) =>
    withDatabases(servers, 1, async (database) => {
      await fill(database);
      const before = await contents(database);
      const bytes = await backUp(database);
      await database`DELETE FROM candles WHERE revision % 3 = 0`;
      await database`UPDATE candles SET volume = 0`;
      await database`DROP TABLE dead_letters`;
      await database.unsafe(`CREATE TABLE dead_letters (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sequence bigint, key text, bytes bytea,
        reason text, received_at timestamptz)`);
      const { head, tail } = await readBackup(database, inPieces(bytes), { replace: true });
      assert.deepEqual(await contents(database), before);
      assert.equal(tail.rows.candles, CANDLES);
      assert.equal(head.writtenAt, WRITTEN_AT.toISOString());
      // PostgreSQL's generated numbers continue after those that were read.
      const [row] = await database<{ id: string }[]>`
        INSERT INTO dead_letters (sequence, key, bytes, reason) VALUES (8, 'k', '', '') RETURNING id`;
      assert.equal(row?.id, "2");
    })
  ),
);

Deno.test(
  "backup - one of TimescaleDB fits an ordinary table, and the other way round",
  withServers((servers) =>
    withDatabases(servers, 3, async (first, plain, again) => {
      await fill(first);
      await migrate(plain, "up", { timescale: false });
      await readBackup(plain, inPieces(await backUp(first)));
      assert.deepEqual(await contents(plain), await contents(first));
      await readBackup(again, inPieces(await backUp(plain)));
      assert.deepEqual(await contents(again), await contents(first));
    })
  ),
);

Deno.test(
  "backup - however the bytes arrive, the same rows are read",
  withServers((servers) =>
    withDatabases(servers, 2, async (source, target) => {
      await fill(source);
      await source`DELETE FROM candles WHERE revision > 40`;
      const bytes = await backUp(source);
      const before = await contents(source);
      for (const size of [1, 2, 3, 5, 4096]) {
        await readBackup(target, inPieces(bytes, size), { replace: true });
        assert.deepEqual(await contents(target), before, `pieces of ${size}`);
      }
    })
  ),
);

Deno.test(
  "backup - one that is cut short or changed anywhere is refused and changes nothing",
  withServers((servers) =>
    withDatabases(servers, 2, async (source, target) => {
      await fill(source);
      await source`DELETE FROM candles WHERE revision > 500`;
      const bytes = await backUp(source);
      await fill(target);
      const before = await contents(target);
      const cuts = [0, 10, 40, 200, 5_000, bytes.length >> 1, bytes.length - 200, bytes.length - 1];
      const damaged = [
        ...cuts.map((length) => bytes.slice(0, length)),
        edit(bytes, (text) => `${text}more`),
        edit(bytes, (text) => text.replace("P3-USD", "P4-USD")),
        edit(bytes, (text) => text.replace("\t1234567890123456789", "\t1234567890123456788")),
        edit(bytes, (text) => text.replace(/\nP1-USD.*\n/, "\n")),
        edit(bytes, (text) => text.replace(/\nP1-USD.*\n/, "\nP1-USD\tONE_MINUTE\n")),
        edit(bytes, (text) => text.replace("ONE_MINUTE\t2023", "ONE_MINUTE\tyesteryear")),
        edit(bytes, (text) => text.replace("COPY gaps", "COPY migrations")),
        edit(bytes, (text) => text.replace("COPY gaps (", "COPY gaps (id); DROP TABLE gaps; --")),
        edit(bytes, (text) => text.replace("COMMIT;", "DROP TABLE gaps;\nCOMMIT;")),
        edit(bytes, (text) => text.replace('"sha256":"', '"sha256":"0')),
        edit(bytes, (text) => text.replace('"gaps":1', '"gaps":2')),
        new Uint8Array(bytes).fill(65),
      ];
      for (const [at, one] of damaged.entries()) {
        await assert.rejects(checkBackup(inPieces(one)), BackupError, `check ${at}`)
          // A wrong count shows only where rows are counted.
          .catch((error) => assert.equal(at, damaged.length - 2, String(error)));
        await assert.rejects(
          readBackup(target, inPieces(one), { replace: true }),
          BackupError,
          `read ${at}`,
        );
        assert.deepEqual(await contents(target), before, `after ${at}`);
      }
      await readBackup(target, inPieces(bytes), { replace: true });
      assert.deepEqual(await contents(target), await contents(source));
    })
  ),
);

Deno.test(
  "backup - it is read into a database with rows only if they are to be replaced",
  withServers((servers) =>
    withDatabases(servers, 1, async (database) => {
      await fill(database);
      const before = await contents(database);
      const bytes = await backUp(database);
      await assert.rejects(readBackup(database, inPieces(bytes)), /not empty \(products, candles/);
      assert.deepEqual(await contents(database), before);
    })
  ),
);

Deno.test(
  "backup - all of it is of one moment, whatever is written during it",
  withServers((servers) =>
    withDatabases(servers, 2, async (database, target) => {
      await fill(database);
      const before = await contents(database);
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      let written = false;
      await writeBackup(database, {
        writtenAt: WRITTEN_AT,
        async take(bytes) {
          pieces.push(Uint8Array.from(bytes));
          if (written || pieces.length < 6) return;
          written = true;
          await database`DELETE FROM candles`;
          await database`UPDATE store_mark SET sequence = sequence + 1`;
        },
      });
      assert.ok(written);
      await readBackup(target, inPieces(await new Blob(pieces).bytes()));
      assert.deepEqual(await contents(target), before);
    })
  ),
);

Deno.test(
  "backup - a newer version's is refused by name, and an older version's is brought up to date",
  withServers((servers) =>
    withDatabases(servers, 2, async (source, target) => {
      await fill(source);
      const bytes = await backUp(source);
      const head = readHead(new TextDecoder().decode(bytes).split("\n")[1] ?? "");
      const newer = edit(
        bytes,
        (text) =>
          text.replace(jsonLine(head), jsonLine({ ...head, migration: 99, name: "0099_later" })),
      );
      await assert.rejects(readBackup(target, inPieces(newer)), /newer version.*0099_later/);
      const other = edit(
        bytes,
        (text) => text.replace(jsonLine(head), jsonLine({ ...head, name: "0008_other" })),
      );
      await assert.rejects(readBackup(target, inPieces(other)), /another program/);
      // The next version has one more migration, and its database exists already, without rows.
      const migrations = await nextVersion(head.migration + 1);
      await migrate(target, "up", { directory: migrations });
      await readBackup(target, inPieces(bytes), { migrations });
      const [row] = await target<{ count: string }[]>`
        SELECT count(*) FROM gaps WHERE note = 'from ' || product_id`;
      assert.equal(row?.count, "1");
      await assert.rejects(
        readBackup(target, inPieces(bytes), { migrations, replace: true }),
        /older version .*empty database, and products, candles/,
      );
      await assert.rejects(backUp(target), /the database is a newer version's/);
      await assert.rejects(readBackup(target, inPieces(bytes)), /newer version/);
    })
  ),
);

/** The project's migrations and one more, which needs the rows. */
async function nextVersion(number: number): Promise<URL> {
  const directory = await newDirectory();
  const own = new URL("../../migrations/", import.meta.url);
  for await (const { name } of Deno.readDir(own)) {
    await Deno.copyFile(new URL(name, own), `${directory}/${name}`);
  }
  await Deno.writeTextFile(
    `${directory}/${String(number).padStart(4, "0")}_note.sql`,
    "-- up\nALTER TABLE gaps ADD note text;\nUPDATE gaps SET note = 'from ' || product_id;\n" +
      "-- down\nALTER TABLE gaps DROP note;\n",
  );
  return pathToFileURL(`${directory}/`);
}

Deno.test(
  "backup - it has every table that the migrations make",
  withServers((servers) =>
    withDatabases(servers, 1, async (database) => {
      await migrate(database, "up");
      const rows = await database<{ name: string }[]>`
        SELECT tablename::text AS name FROM pg_catalog.pg_tables
        WHERE schemaname = current_schema() AND tablename <> 'migrations'`;
      assert.deepEqual(rows.map(({ name }) => name).sort(), [...BACKUP_TABLES].sort());
    })
  ),
);

Deno.test(
  "backup - a database that is not migrated is refused with what to do",
  withServers((servers) =>
    withDatabases(servers, 1, async (database) => {
      await assert.rejects(backUp(database), /has not the migration 0001_candles/);
    })
  ),
);
