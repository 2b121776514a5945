import assert from "node:assert/strict";
import { join } from "node:path";
import { openDatabase } from "../../lib/store/database.ts";
import { describeError } from "../../lib/store/database_error.ts";
import { parseDatabaseUrl } from "../../lib/store/database_url.ts";
import { CertificateAuthority } from "./certificates.ts";
import { type DebianPostgres, startDebianPostgres } from "./debian_postgres.ts";

const ANYONE = "host all all 127.0.0.1/32 scram-sha-256";
const TLS_SETTINGS = ["ssl = on", "ssl_cert_file = 'tls.crt'", "ssl_key_file = 'tls.key'"];

/** Whether a connection came about, and how: `tls`, `plain`, or why not. */
async function connect(server: DebianPostgres, host: string, search: string): Promise<string> {
  const url = server.url({ host: `${host}:${server.port}`, search });
  const database = openDatabase(parseDatabaseUrl(url), { connections: 1, statementTimeoutMs: 0 });
  try {
    const [row] = await database<{ ssl: boolean }[]>`
      SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
    return row?.ssl ? "tls" : "plain";
  } catch (error) {
    return describeError(error);
  } finally {
    await database.end();
  }
}

Deno.test("encryption - each sslmode is as strict as libpq's, and never weaker", async () => {
  await using ca = await CertificateAuthority.make("Own CA");
  await using other = await CertificateAuthority.make("Other CA");
  const { certificate, key } = await ca.sign("db", "DNS:localhost");
  const files = { "tls.crt": certificate, "tls.key": key };
  const directory = await Deno.makeTempDir();
  const own = join(directory, "own.pem");
  const wrong = join(directory, "wrong.pem");
  await Deno.writeTextFile(own, ca.certificate);
  await Deno.writeTextFile(wrong, other.certificate);
  const encrypted = await startDebianPostgres({ settings: TLS_SETTINGS, files });
  const plain = await startDebianPostgres();
  const onlyTls = await startDebianPostgres({
    settings: TLS_SETTINGS,
    files,
    access: ["hostssl all all 127.0.0.1/32 scram-sha-256"],
  });
  const neverTls = await startDebianPostgres({
    settings: TLS_SETTINGS,
    files,
    access: ["hostnossl all all 127.0.0.1/32 scram-sha-256"],
  });
  const GOOD = "localhost";
  const WRONG_HOST = "127.0.0.1";
  const untrusted = /certificate/;
  const misnamed = /does not match certificate/;
  const noTls = /does not support SSL/;
  const cases: readonly (readonly [DebianPostgres, string, string, string | RegExp])[] = [
    [encrypted, GOOD, "", "tls"],
    [encrypted, GOOD, "sslmode=disable", "plain"],
    [encrypted, GOOD, "sslmode=allow", "plain"],
    [encrypted, GOOD, "sslmode=prefer", "tls"],
    [encrypted, GOOD, "sslmode=require", "tls"],
    [encrypted, GOOD, "ssl=true", "tls"],
    [encrypted, WRONG_HOST, "sslmode=require", "tls"],
    [encrypted, WRONG_HOST, `sslmode=require&sslrootcert=${own}`, "tls"],
    [encrypted, GOOD, `sslmode=require&sslrootcert=${wrong}`, untrusted],
    [encrypted, GOOD, `sslmode=verify-ca&sslrootcert=${own}`, "tls"],
    [encrypted, WRONG_HOST, `sslmode=verify-ca&sslrootcert=${own}`, "tls"],
    [encrypted, GOOD, `sslmode=verify-ca&sslrootcert=${wrong}`, untrusted],
    [encrypted, GOOD, `sslmode=verify-full&sslrootcert=${own}`, "tls"],
    [encrypted, WRONG_HOST, `sslmode=verify-full&sslrootcert=${own}`, misnamed],
    [encrypted, GOOD, `sslmode=verify-full&sslrootcert=${wrong}`, untrusted],
    [encrypted, GOOD, "sslmode=verify-full", untrusted],
    [encrypted, GOOD, "sslrootcert=system", untrusted],
    [encrypted, GOOD, "sslmode=verify-full&sslrootcert=/nowhere.pem", /sslrootcert cannot be read/],
    [
      encrypted,
      "db.invalid",
      `sslmode=verify-full&sslrootcert=${own}&hostaddr=127.0.0.1`,
      misnamed,
    ],
    [encrypted, GOOD, `sslmode=verify-full&sslrootcert=${own}&hostaddr=127.0.0.1`, "tls"],
    [plain, GOOD, "", "plain"],
    [plain, GOOD, "sslmode=disable", "plain"],
    [plain, GOOD, "sslmode=allow", "plain"],
    [plain, GOOD, "sslmode=prefer", "plain"],
    [plain, GOOD, "sslmode=require", noTls],
    [plain, GOOD, "ssl=true", noTls],
    [plain, GOOD, `sslmode=verify-ca&sslrootcert=${own}`, noTls],
    [plain, GOOD, `sslmode=verify-full&sslrootcert=${own}`, noTls],
    [onlyTls, GOOD, "sslmode=disable", /no encryption/],
    [onlyTls, GOOD, "sslmode=allow", "tls"],
    [onlyTls, GOOD, "sslmode=prefer", "tls"],
    [neverTls, GOOD, "sslmode=allow", "plain"],
    [neverTls, GOOD, "sslmode=prefer", "plain"],
    [neverTls, GOOD, "sslmode=require", /SSL encryption/],
  ];
  try {
    for (const [i, [server, host, search, expected]] of cases.entries()) {
      const seen = await connect(server, host, search);
      const place = `case ${i}: ${host} ${search}`;
      if (typeof expected === "string") assert.equal(seen, expected, place);
      else assert.match(seen, expected, place);
      assert.ok(!seen.includes("superuser") && !seen.includes("nowhere"), seen);
    }
  } finally {
    await Promise.all([encrypted, plain, onlyTls, neverTls].map((server) => server.stop()));
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("encryption - a client certificate logs in where no password does", async () => {
  await using ca = await CertificateAuthority.make("Own CA");
  const { certificate, key } = await ca.sign("db", "DNS:localhost");
  const client = await ca.sign("postgres", "DNS:client");
  const directory = await Deno.makeTempDir();
  const path = (name: string) => join(directory, name);
  await Deno.writeTextFile(path("ca.pem"), ca.certificate);
  await Deno.writeTextFile(path("own.crt"), client.certificate);
  await Deno.writeTextFile(path("own.key"), client.key);
  const server = await startDebianPostgres({
    settings: [...TLS_SETTINGS, "ssl_ca_file = 'ca.crt'"],
    files: { "tls.crt": certificate, "tls.key": key, "ca.crt": ca.certificate },
    access: ["hostssl all all 127.0.0.1/32 cert"],
  });
  try {
    const full = `sslmode=verify-full&sslrootcert=${path("ca.pem")}`;
    const mine = `&sslcert=${path("own.crt")}&sslkey=${path("own.key")}`;
    assert.equal(await connect(server, "localhost", full + mine), "tls");
    assert.match(await connect(server, "localhost", full), /certificate|authentication/);
  } finally {
    await server.stop();
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("connection - sockets, password files and several hosts are used as libpq uses them", async () => {
  const server = await startDebianPostgres();
  const standby = await startDebianPostgres({
    settings: ["default_transaction_read_only = on"],
    access: [ANYONE],
  });
  const directory = await Deno.makeTempDir();
  const passFile = join(directory, "pgpass");
  try {
    const { pathname, password } = new URL(server.url());
    const login = `postgres:${password}`;
    const connect = async (url: string) => {
      const database = openDatabase(parseDatabaseUrl(url), {
        connections: 1,
        statementTimeoutMs: 0,
      });
      try {
        const [row] = await database<{ port: string; name: string }[]>`SELECT
          current_setting('port') AS port, current_setting('application_name') AS name`;
        return `${row?.port} ${row?.name}`;
      } catch (error) {
        return describeError(error);
      } finally {
        await database.end();
      }
    };
    const ours = `${server.port} spot-canvas`;
    const socket = `host=${server.socketDirectory}&port=${server.port}`;
    assert.equal(await connect(`postgres://${login}@${pathname}?${socket}&sslmode=require`), ours);
    assert.equal(
      await connect(
        `postgres://x:y@127.0.0.1:${server.port}/none?user=postgres&password=${password}` +
          "&dbname=postgres&application_name=mine",
      ),
      `${server.port} mine`,
    );
    await Deno.writeTextFile(
      passFile,
      `# none\nelsewhere:*:*:*:wrong\n*:${server.port}:postgres:postgres:${
        decodeURIComponent(password)
      }\n`,
    );
    const file = `postgres://postgres@127.0.0.1:${server.port}${pathname}?passfile=${passFile}`;
    assert.equal(await connect(file), ours);
    const hosts = `127.0.0.1:1,127.0.0.1:${standby.port},127.0.0.1:${server.port}`;
    const several = `postgres://${login}@${hosts}${pathname}`;
    assert.equal(await connect(`${several}?target_session_attrs=read-write`), ours);
    assert.equal(await connect(several), `${standby.port} spot-canvas`);
    assert.match(
      await connect(
        `postgres://${login}@127.0.0.1:1,127.0.0.1:${standby.port}/postgres` +
          "?target_session_attrs=read-write",
      ),
      /ECONNREFUSED.*; .*it is read-only/,
    );
  } finally {
    await Promise.all([server.stop(), standby.stop()]);
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("connection - one that is lost within a transaction is an error, and the next statement has another", async () => {
  const server = await startDebianPostgres();
  const database = openDatabase(parseDatabaseUrl(server.url()), {
    connections: 2,
    statementTimeoutMs: 0,
  });
  try {
    for (let round = 0; round < 3; round++) {
      await assert.rejects(database.transaction(async (sql) => {
        const [row] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await server.administer(`SELECT pg_terminate_backend(${row?.pid}, 5000)`);
        await sql`SELECT 1`;
      }));
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, i) => database<{ i: number }[]>`SELECT ${i}::int AS i`),
      );
      assert.deepEqual(answers.map(([row]) => row?.i), [0, 1, 2, 3, 4, 5]);
    }
    await database`CREATE TABLE kept (id int)`;
    await assert.rejects(database.transaction(async (sql) => {
      await sql`INSERT INTO kept VALUES (1)`;
      await sql`SELECT 1 / 0`.catch(() => {});
    }));
    assert.equal((await database`SELECT FROM kept`).length, 0);
  } finally {
    await database.end();
    await server.stop();
  }
});
