import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, readConfig } from "../../lib/config.ts";
import { redactText, redactValue } from "../../lib/log/redact.ts";
import { DatabaseUrlError, parseDatabaseUrl } from "../../lib/store/database_url.ts";
import { hostileText, RUNS } from "./runs.ts";

const NAMES = [
  "PORT",
  "HOST",
  "DATABASE_URL",
  "NATS_URL",
  "EMBEDDED",
  "COINBASE_WS_URL",
  "COINBASE_PRIVATE_KEY",
  "PRODUCTS",
  "SHARD_INDEX",
  "SHARD_COUNT",
  "ROLES",
  "RETENTION_DAYS",
  "CORS_ORIGINS",
  "LIVE_INTERVAL_MS",
  "TRUST_PROXY",
];
const PIECES = [
  "postgres://",
  "@",
  ":",
  "/",
  ",",
  "*",
  "1",
  "-1",
  "ONE_MINUTE:9",
  "never",
  "?host=",
];
/** Long enough that it is nowhere by chance. */
const SECRET = fc.stringMatching(/^[a-z0-9]{12,20}$/).map((text) => `Zq${text}`);

Deno.test("fuzz - any environment is a configuration, or an error that names its variables", () => {
  const environment = fc.dictionary(fc.constantFrom(...NAMES), hostileText(PIECES, 8));
  fc.assert(
    fc.property(environment, (env) => {
      try {
        const { port, shard, roles } = readConfig(env);
        assert.ok(port >= 0 && port <= 65535);
        assert.ok(shard.index < shard.count && roles.size > 0);
      } catch (error) {
        assert.ok(error instanceof ConfigError, `${error}`);
        for (const problem of error.problems) assert.match(problem, /^[A-Z_]+: /);
      }
    }),
    RUNS,
  );
});

Deno.test("fuzz - a password in a bad URL is not in the error about it", () => {
  fc.assert(
    fc.property(SECRET, hostileText(["/", ":", "?", "#", " "], 5), (secret, tail) => {
      for (const name of ["DATABASE_URL", "NATS_URL"]) {
        const env = { [name]: `postgres//:app:${secret}@${tail}\u0000` };
        assert.throws(
          () => readConfig(env),
          (error) => error instanceof ConfigError && !error.message.includes(secret),
        );
      }
    }),
    RUNS,
  );
});

Deno.test("fuzz - a database's URL is an address, or an error without its password", () => {
  fc.assert(
    fc.property(SECRET, hostileText(PIECES, 6), (secret, tail) => {
      try {
        const { hosts } = parseDatabaseUrl(`postgres://app:${secret}@${tail}`);
        assert.ok(hosts.length > 0);
        for (const { name, port } of hosts) {
          assert.ok(name !== "" && port > 0 && port <= 65535);
        }
      } catch (error) {
        assert.ok(error instanceof DatabaseUrlError, `${error}`);
        assert.ok(!error.message.includes(secret), error.message);
      }
    }),
    RUNS,
  );
});

Deno.test("fuzz - secrets stay out of the log in whatever they are wrapped", () => {
  const around = fc.string({ maxLength: 20 }).map((text) => text.replaceAll("@", ""));
  fc.assert(
    fc.property(SECRET, around, around, (secret, before, after) => {
      const texts = [
        `${before} postgres://app:${secret}@host/${after}`,
        `${before} nats://app:${secret}@bus:4222 ${after}`,
        `${before} Bearer ${secret}`,
        `${before} password=${secret}`,
        `${before} -----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY----- ${after}`,
      ];
      for (const text of texts) {
        assert.ok(!redactText(text).includes(secret), text);
        const error = new Error(text, { cause: { deep: [{ text }] } });
        assert.ok(!JSON.stringify(redactValue({ error, list: [text] })).includes(secret), text);
      }
      const named = redactValue({ apiKey: secret, nested: { password: secret, token: [secret] } });
      assert.ok(!JSON.stringify(named).includes(secret));
    }),
    RUNS,
  );
});
