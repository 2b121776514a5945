import assert from "node:assert/strict";
import { DatabaseUrlError, describeAddress, parseDatabaseUrl } from "./database_url.ts";

Deno.test("database URL - over TCP, percent-encoding and all", () => {
  const address = parseDatabaseUrl(
    "postgres://spot:p%40ss%2Fw:rd@db.example:6432/candles?sslmode=require",
  );
  assert.deepEqual(address.hosts, [{ name: "db.example", port: 6432, address: null }]);
  assert.deepEqual(
    [address.database, address.user, address.password, address.tls.mode],
    ["candles", "spot", "p@ss/w:rd", "require"],
  );
  const brief = parseDatabaseUrl("postgresql://spot@[::1]/candles");
  assert.deepEqual(brief.hosts, [{ name: "::1", port: 5432, address: null }]);
  // libpq's default: encrypted if the server supports it.
  assert.deepEqual([brief.password, brief.tls.mode, brief.pooled], ["", "prefer", null]);
  assert.equal(describeAddress(brief), "spot@[::1]:5432/candles");
});

Deno.test("database URL - Google Cloud SQL's socket, and an encoded directory as the host", () => {
  const address = parseDatabaseUrl(
    "postgres://user:pass@/db?host=/cloudsql/my-project:europe-west1:main",
  );
  assert.equal(address.hosts[0]?.name, "/cloudsql/my-project:europe-west1:main");
  assert.deepEqual([address.database, address.user, address.password], ["db", "user", "pass"]);
  assert.equal(describeAddress(address), "user@/cloudsql/my-project:europe-west1:main/db");
  const encoded = parseDatabaseUrl("postgres://user:pass@%2Fvar%2Frun%2Fpostgresql/db");
  assert.equal(encoded.hosts[0]?.name, "/var/run/postgresql");
});

Deno.test("database URL - parameters override what stands before the question mark", () => {
  const address = parseDatabaseUrl(
    "postgres://one:two@here:1/three?user=spot&password=a%26b+c&dbname=candles&host=there&port=2" +
      "&application_name=mine&connect_timeout=7&passfile=/run/secrets/pgpass",
  );
  assert.deepEqual(address.hosts, [{ name: "there", port: 2, address: null }]);
  assert.deepEqual(
    [address.user, address.password, address.database, address.applicationName],
    ["spot", "a&b+c", "candles", "mine"],
  );
  assert.deepEqual([address.connectTimeoutMs, address.passFile], [7000, "/run/secrets/pgpass"]);
});

Deno.test("database URL - several hosts, with a port for all or for each, and addresses beside them", () => {
  const hosts = (url: string) =>
    parseDatabaseUrl(url).hosts.map(({ name, port, address }) => [name, port, address]);
  assert.deepEqual(hosts("postgres://u@a:1,b,[::1]:3/d"), [
    ["a", 1, null],
    ["b", 5432, null],
    ["::1", 3, null],
  ]);
  assert.deepEqual(hosts("postgres://u@/d?host=a,b&port=7"), [["a", 7, null], ["b", 7, null]]);
  assert.deepEqual(hosts("postgres://u@/d?host=a,b&port=7,8&hostaddr=127.0.0.1,127.0.0.2"), [
    ["a", 7, "127.0.0.1"],
    ["b", 8, "127.0.0.2"],
  ]);
  assert.deepEqual(hosts("postgres:///d?hostaddr=127.0.0.1"), [["127.0.0.1", 5432, "127.0.0.1"]]);
  const needs = "postgres://u@a,b/d?target_session_attrs=read-write";
  assert.equal(parseDatabaseUrl(needs).needs, "read-write");
});

Deno.test("database URL - every sslmode is as strict as its name promises", () => {
  const modes: Record<string, string> = {
    "": "prefer",
    "?sslmode=disable": "disable",
    "?sslmode=allow": "allow",
    "?sslmode=prefer": "prefer",
    "?sslmode=require": "require",
    "?sslmode=verify-full": "verify-full",
    "?sslmode=verify-ca&sslrootcert=/run/secrets/ca.pem": "verify-ca",
    "?ssl=true": "require",
    "?ssl=1": "require",
    "?ssl=false": "disable",
    "?ssl=verify-full": "verify-full",
    "?ssl=true&sslmode=verify-full": "verify-full",
    "?sslrootcert=system": "verify-full",
    "?sslnegotiation=direct&sslmode=require": "require",
  };
  for (const [search, mode] of Object.entries(modes)) {
    assert.equal(parseDatabaseUrl(`postgres://u@h/d${search}`).tls.mode, mode, search);
  }
});

Deno.test("database URL - options and a schema become settings of every session", () => {
  const settings = (search: string) =>
    Object.fromEntries(parseDatabaseUrl(`postgres://u@h/d?${search}`).settings);
  assert.deepEqual(settings("options=-c%20search_path=a,b%20--statement-timeout=5s"), {
    search_path: "a,b",
    statement_timeout: "5s",
  });
  assert.deepEqual(settings("options=-csearch_path%3Da%5C%20b"), { search_path: "a b" });
  assert.deepEqual(settings("schema=spot"), { search_path: '"spot"' });
  assert.deepEqual(settings('currentSchema=a"B'), { search_path: '"a""B"' });
  assert.deepEqual(settings("search_path=a,public"), { search_path: "a,public" });
});

Deno.test("database URL - what is not supported is refused by its name", () => {
  const refused: Record<string, RegExp> = {
    "service=mine": /service is not supported: put the service file's settings/,
    "sslpassword=x": /sslpassword is not supported: give sslkey a key without a password/,
    "channel_binding=require": /channel_binding may only be disable or prefer/,
    "gssencmode=require": /gssencmode/,
    "require_auth=scram-sha-256": /require_auth is not supported: supported are host, /,
    "client_encoding=LATIN1": /client_encoding/,
    "sslmode=verify-ca": /verify-ca needs sslrootcert/,
    "sslmode=REQUIRE": /sslmode is none of disable, allow, /,
    "ssl=yes": /ssl is none of true, false/,
    "ssl=true&sslmode=disable": /contradict/,
    "ssl=false&sslmode=require": /contradict/,
    "ssl=true&sslmode=prefer": /contradict/,
    "sslmode=require&sslmode=disable": /sslmode is given twice/,
    "sslcert=/a": /sslcert and sslkey belong together/,
    "sslmode=require&sslrootcert=system": /sslrootcert=system needs/,
    "sslnegotiation=direct": /sslnegotiation=direct needs/,
    "target_session_attrs=standby": /none of any, read-write, primary/,
    "connect_timeout=0": /connect_timeout/,
    "options=-c%20DateStyle=German": /options set DateStyle, which this program sets itself/,
    "options=-c%20client_encoding=LATIN1": /client_encoding/,
    "options=-d%203": /not all of the form -c name=value/,
    "schema=a&search_path=b": /schema sets search_path a second time/,
    "pgbouncer=yes": /pgbouncer is neither true nor false/,
    "host=a,b&port=1,2,3": /ports are 3, its hosts 2/,
    "host=a,b&hostaddr=127.0.0.1": /hostaddr are 1, its hosts 2/,
    "sslmod=require": /sslmod is not supported/,
  };
  for (const [search, message] of Object.entries(refused)) {
    assert.throws(
      () => parseDatabaseUrl(`postgres://u@h/d?${search}`),
      (error) => error instanceof DatabaseUrlError && message.test(error.message),
      search,
    );
  }
});

Deno.test("database URL - one that cannot be read is reported in one line, without the password", () => {
  for (
    const url of [
      "mysql://user:hunter2@host/db",
      "user:hunter2@host/db",
      "postgres://user:hunter2@host:port/db",
      "postgres://user:hunter2@host:99999/db",
      "postgres://user:hunter2@/db",
      "postgres://:hunter2@host",
      "postgres://user:hunter2%@host/db",
      "postgres://user@host/db?password=hunter2%",
      "postgres://user@host/db?sslmode=hunter2",
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

Deno.test("database URL - an address for people has no password", () => {
  const address = parseDatabaseUrl("postgres://spot:hunter2@host,other:2/candles");
  assert.equal(describeAddress(address), "spot@host:5432,other:2/candles");
});
