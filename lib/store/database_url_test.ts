import assert from "node:assert/strict";
import { DatabaseUrlError, describeAddress, parseDatabaseUrl } from "./database_url.ts";

Deno.test("a TCP URL is read, percent-encoding and all", () => {
  assert.deepEqual(
    parseDatabaseUrl("postgres://spot:p%40ss%2Fw:rd@db.example:6432/candles?sslmode=require"),
    {
      host: "db.example",
      port: 6432,
      database: "candles",
      user: "spot",
      password: "p@ss/w:rd",
      ssl: "require",
    },
  );
  const brief = parseDatabaseUrl("postgresql://spot@[::1]/candles");
  assert.deepEqual([brief.host, brief.port, brief.password, brief.ssl], ["::1", 5432, "", false]);
});

Deno.test("Google Cloud SQL's socket URL is read", () => {
  const address = parseDatabaseUrl(
    "postgres://user:pass@/db?host=/cloudsql/my-project:europe-west1:main",
  );
  assert.equal(address.host, "/cloudsql/my-project:europe-west1:main");
  assert.deepEqual([address.database, address.user, address.password], ["db", "user", "pass"]);
  assert.equal(describeAddress(address), "user@/cloudsql/my-project:europe-west1:main/db");
});

Deno.test("an encoded socket directory as the host is read as one", () => {
  const address = parseDatabaseUrl("postgres://user:pass@%2Fvar%2Frun%2Fpostgresql/db");
  assert.equal(address.host, "/var/run/postgresql");
});

Deno.test("a URL that cannot be read says so in one line, without the password", () => {
  for (
    const url of [
      "mysql://user:hunter2@host/db",
      "user:hunter2@host/db",
      "postgres://user:hunter2@host:port/db",
      "postgres://user:hunter2@host:99999/db",
      "postgres://user:hunter2@/db",
      "postgres://:hunter2@host",
      "postgres://user:hunter2%@host/db",
      "postgres://user:hunter2@host/db?sslmode=hunter2",
      "postgres://user:hunter2@ho st:1:2/db",
      "postgres://user:p@hunter2@host/db",
      "postgres://user:p@hunter2/z@host/db",
      "postgres://user:12/hunter2@host/db",
      "postgres://user:p@x?hunter2@host/db",
    ]
  ) {
    assert.throws(() => parseDatabaseUrl(url), (error) => {
      assert.ok(error instanceof DatabaseUrlError, url);
      assert.ok(!error.message.includes("hunter2") && !error.message.includes("\n"), error.message);
      return true;
    });
  }
});

Deno.test("an address for people has no password", () => {
  const address = parseDatabaseUrl("postgres://spot:hunter2@host/candles");
  assert.equal(describeAddress(address), "spot@host:5432/candles");
});
