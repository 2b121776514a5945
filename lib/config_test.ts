import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { parseEnv } from "node:util";
import { ConfigError, readConfig } from "./config.ts";
import { productId } from "./candles/product.ts";

/** The problems that an environment is refused for; fails if it is accepted. */
function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError, `not a ConfigError: ${error}`);
    for (const problem of error.problems) assert.ok(error.message.includes(problem));
    return error.problems;
  }
  assert.fail(`accepted ${JSON.stringify(env)}`);
}

Deno.test("config - a certificate needs its key, and a key its certificate", () => {
  const tls = { TLS_CERT_FILE: "/run/secrets/a.pem", TLS_KEY_FILE: "/run/secrets/a.key" };
  assert.deepEqual(readConfig(tls).tls, {
    certFile: tls.TLS_CERT_FILE,
    keyFile: tls.TLS_KEY_FILE,
  });
  for (
    const [given, missing] of [["TLS_CERT_FILE", "TLS_KEY_FILE"], ["TLS_KEY_FILE", "TLS_CERT_FILE"]]
  ) {
    assert.deepEqual(problemsOf({ [given ?? ""]: "/run/secrets/a" }), [
      `${missing}: not set: give TLS_CERT_FILE and TLS_KEY_FILE, or neither`,
    ]);
  }
});

Deno.test("config - an empty environment gives the documented defaults", () => {
  assert.deepEqual(readConfig({}), {
    port: 8000,
    host: "0.0.0.0",
    publicUrl: null,
    databaseUrl: null,
    natsServers: null,
    natsCreds: null,
    natsReplicas: 1,
    natsLayout: {
      streamMaxBytes: 2 * 1024 ** 3,
      streamMaxAgeMs: 72 * 3_600_000,
      kvMaxBytes: 64 * 1024 ** 2,
      maxAckPending: 20_000,
    },
    coinbaseWsUrl: "wss://advanced-trade-ws.coinbase.com",
    coinbaseRestUrl: "https://api.coinbase.com/api/v3/brokerage",
    coinbaseApiKey: null,
    coinbasePrivateKey: null,
    coinbaseRestRps: 8,
    products: { kind: "top" },
    maxProducts: 500,
    shard: { index: 0, count: 1 },
    roles: new Set(["ingest", "store", "web"]),
    dataDir: ".data",
    liveIntervalMs: 250,
    closeGraceMs: 2000,
    closedQueue: 100_000,
    maxStreams: 5000,
    maxStreamsPerIp: 50,
    streamCompression: false,
    webWorkers: 1,
    maxRequestsPerIp: 50,
    tls: null,
    trustProxy: false,
    webhooks: [],
    retentionDays: new Map(),
    backfillDays: 7,
    exactDays: 7,
    repairMaxTrades: 20000,
    corsOrigins: [],
    logLevel: "info",
    simulated: false,
  });
});

Deno.test("config - the example file has the defaults", async () => {
  const text = await Deno.readTextFile(new URL("../.env.example", import.meta.url));
  const env = parseEnv(text);
  assert.ok(Object.keys(env).length > 10, "the example file is nearly empty");
  assert.deepEqual(readConfig(env), readConfig({}));
});

Deno.test("config - an empty variable counts as unset, and spaces around a value do not matter", () => {
  assert.equal(readConfig({ PORT: "", DATABASE_URL: "  " }).port, 8000);
  assert.equal(readConfig({ PORT: " 9000 " }).port, 9000);
});

Deno.test("config - every variable reaches its field", () => {
  const config = readConfig({
    PORT: "0",
    HOST: "::1",
    PUBLIC_URL: "https://candles.example/",
    DATABASE_URL: "postgresql://app:p%40ss@db.internal:5432/spot?sslmode=require",
    NATS_URL: "nats://a:4222, tls://b",
    NATS_CREDS: "/run/secrets/nats.creds",
    NATS_REPLICAS: "3",
    NATS_STREAM_MAX_BYTES: "512MiB",
    NATS_STREAM_MAX_AGE_HOURS: "24",
    NATS_KV_MAX_BYTES: "16777216",
    NATS_MAX_ACK_PENDING: "1000",
    EMBEDDED: "never",
    COINBASE_WS_URL: "ws://127.0.0.1:9001/",
    COINBASE_REST_URL: "http://127.0.0.1:9002/api/v3/brokerage/",
    COINBASE_REST_RPS: "2.5",
    PRODUCTS: "BTC-USD, ETH-USD,BTC-USD",
    MAX_PRODUCTS: "20",
    SHARD_INDEX: "1",
    SHARD_COUNT: "2",
    ROLES: "store,web",
    DATA_DIR: "/var/lib/spot",
    LIVE_INTERVAL_MS: "0",
    CLOSE_GRACE_MS: "500",
    CLOSED_QUEUE: "7000",
    MAX_STREAMS: "10",
    MAX_STREAMS_PER_IP: "2",
    STREAM_COMPRESSION: "true",
    WEB_WORKERS: "3",
    MAX_REQUESTS_PER_IP: "3",
    TLS_CERT_FILE: "/run/secrets/a.pem",
    TLS_KEY_FILE: "/run/secrets/a.key",
    TRUST_PROXY: "TRUE",
    RETENTION_DAYS: "ONE_MINUTE:90, 5m:365",
    BACKFILL_DAYS: "0",
    EXACT_DAYS: "30",
    REPAIR_MAX_TRADES: "100",
    CORS_ORIGINS: "https://a.example, http://localhost:3000/",
    LOG_LEVEL: "debug",
    SIMULATED: "true",
  });
  assert.deepEqual(config, {
    port: 0,
    host: "::1",
    publicUrl: "https://candles.example",
    databaseUrl: "postgresql://app:p%40ss@db.internal:5432/spot?sslmode=require",
    natsServers: ["nats://a:4222", "tls://b"],
    natsCreds: "/run/secrets/nats.creds",
    natsReplicas: 3,
    natsLayout: {
      streamMaxBytes: 512 * 1024 ** 2,
      streamMaxAgeMs: 24 * 3_600_000,
      kvMaxBytes: 16 * 1024 ** 2,
      maxAckPending: 1000,
    },
    coinbaseWsUrl: "ws://127.0.0.1:9001",
    coinbaseRestUrl: "http://127.0.0.1:9002/api/v3/brokerage",
    coinbaseApiKey: null,
    coinbasePrivateKey: null,
    coinbaseRestRps: 2.5,
    products: { kind: "list", ids: [productId("BTC-USD"), productId("ETH-USD")] },
    maxProducts: 20,
    shard: { index: 1, count: 2 },
    roles: new Set(["store", "web"]),
    dataDir: "/var/lib/spot",
    liveIntervalMs: 0,
    closeGraceMs: 500,
    closedQueue: 7000,
    maxStreams: 10,
    maxStreamsPerIp: 2,
    streamCompression: true,
    webWorkers: 3,
    maxRequestsPerIp: 3,
    tls: { certFile: "/run/secrets/a.pem", keyFile: "/run/secrets/a.key" },
    trustProxy: true,
    webhooks: [],
    retentionDays: new Map([["ONE_MINUTE", 90], ["FIVE_MINUTE", 365]]),
    backfillDays: 0,
    exactDays: 30,
    repairMaxTrades: 100,
    corsOrigins: ["https://a.example", "http://localhost:3000"],
    logLevel: "debug",
    simulated: true,
  });
});

Deno.test("config - a Cloud SQL socket is a database URL", () => {
  const url = "postgres://app:secret@/spot?host=/cloudsql/project:region:instance";
  assert.equal(readConfig({ DATABASE_URL: url }).databaseUrl, url);
});

Deno.test("config - a star stands for all products and for all origins", () => {
  const config = readConfig({ PRODUCTS: "*", CORS_ORIGINS: "*" });
  assert.deepEqual(config.products, { kind: "all" });
  assert.equal(config.corsOrigins, "*");
});

Deno.test("configuration - a key is taken however it was copied, and its file alone is enough", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const ed = generateKeyPairSync("ed25519").privateKey;
  const pem = ec.export({ type: "sec1", format: "pem" }).toString();
  const expected = ec.export({ type: "pkcs8", format: "pem" }).toString();
  const { d = "", x = "" } = ed.export({ format: "jwk" });
  const seed = Buffer.concat([d, x].map((part) => Buffer.from(part, "base64url")));
  const name = "organizations/a/apiKeys/b";
  const file = JSON.stringify({ name, privateKey: pem });
  const newer = JSON.stringify({ id: "5e0c", privateKey: seed.toString("base64") }, null, 2);
  const accepted: readonly (readonly [Record<string, string>, string, string])[] = [
    [{ COINBASE_API_KEY: name, COINBASE_PRIVATE_KEY: pem }, name, expected],
    [{ COINBASE_API_KEY: `"${name}"`, COINBASE_PRIVATE_KEY: `'${pem}'` }, name, expected],
    [{ COINBASE_PRIVATE_KEY: file }, name, expected],
    [{ COINBASE_API_KEY: file }, name, expected],
    [{ COINBASE_API_KEY: file, COINBASE_PRIVATE_KEY: file }, name, expected],
    [{ COINBASE_API_KEY: name, COINBASE_PRIVATE_KEY: file }, name, expected],
    [{ COINBASE_API_KEY: file, COINBASE_PRIVATE_KEY: pem }, name, expected],
    [
      { COINBASE_PRIVATE_KEY: newer },
      "5e0c",
      ed.export({ type: "pkcs8", format: "pem" }).toString(),
    ],
  ];
  for (const [env, apiKey, privateKey] of accepted) {
    const config = readConfig(env);
    assert.equal(config.coinbaseApiKey, apiKey);
    assert.equal(config.coinbasePrivateKey, privateKey);
  }
  const other = problemsOf({ COINBASE_API_KEY: "another", COINBASE_PRIVATE_KEY: file });
  assert.match(other.join(), /^COINBASE_API_KEY: \(hidden\) is not the name in/);
  const rsa = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----";
  const refused = problemsOf({ COINBASE_API_KEY: name, COINBASE_PRIVATE_KEY: rsa });
  assert.match(refused.join(), /^COINBASE_PRIVATE_KEY: \(hidden\) .*"RSA PRIVATE KEY"\)$/);
});

Deno.test("config - each bad value is refused by a line with its name, the value and what is allowed", () => {
  const refused: readonly [string, string, string][] = [
    ["PORT", "65536", "65535"],
    ["PORT", "-1", "whole number"],
    ["PORT", "80.5", "whole number"],
    ["PORT", "0x50", "whole number"],
    ["HOST", "two words", "host name"],
    ["NATS_URL", "http://nats", "nats://host:port"],
    ["NATS_REPLICAS", "6", "from 1 to 5"],
    ["NATS_STREAM_MAX_BYTES", "-1", "number of bytes"],
    ["NATS_STREAM_MAX_BYTES", "2GB", "KiB, MiB or GiB"],
    ["NATS_STREAM_MAX_AGE_HOURS", "0", "from 1 to 8784"],
    ["NATS_KV_MAX_BYTES", "1000", "1MiB at least"],
    ["NATS_MAX_ACK_PENDING", "10", "from 100"],
    ["EMBEDDED", "no", "auto or never"],
    ["COINBASE_WS_URL", "https://exchange", "wss://"],
    ["COINBASE_REST_URL", "exchange", "https://"],
    ["COINBASE_REST_RPS", "0", "above 0"],
    ["PRODUCTS", "btc-usd", "BTC-USD"],
    ["MAX_PRODUCTS", "0", "from 1"],
    ["SHARD_COUNT", "0", "from 1"],
    ["ROLES", "api", "ingest, store and web"],
    ["LIVE_INTERVAL_MS", "1s", "whole number"],
    ["CLOSE_GRACE_MS", "1e3", "whole number"],
    ["MAX_STREAMS", "many", "whole number"],
    ["STREAM_COMPRESSION", "gzip", "true or false"],
    ["WEB_WORKERS", "0", "a whole number from 1 to 32"],
    ["WEB_WORKERS", "33", "a whole number from 1 to 32"],
    ["WEB_WORKERS", "2.5", "a whole number from 1 to 32"],
    ["TRUST_PROXY", "yes", "true or false"],
    ["RETENTION_DAYS", "ONE_MINUTE", "GRANULARITY:DAYS"],
    ["RETENTION_DAYS", "ONE_MINUTE:0", "GRANULARITY:DAYS"],
    ["RETENTION_DAYS", "ONE_WEEK:9", "ONE_DAY"],
    ["CORS_ORIGINS", "https://a.example/path", "https://example.com"],
    ["LOG_LEVEL", "loud", "debug or info or warning or error"],
  ];
  for (const [name, value, allowed] of refused) {
    const problems = problemsOf({ [name]: value });
    assert.equal(problems.length, 1, problems.join("\n"));
    const [problem = ""] = problems;
    assert.ok(problem.startsWith(`${name}: "${value}" is not allowed: give `), problem);
    assert.ok(problem.includes(allowed), problem);
  }
});

Deno.test("config - every fault is reported in one error, and each bad item of a list separately", () => {
  const names = problemsOf({ PORT: "x", PRODUCTS: "BTC-USD,eth,sol", LOG_LEVEL: "x" })
    .map((problem) => problem.split(" is not")[0]);
  assert.deepEqual(names, ['PORT: "x"', 'PRODUCTS: "eth"', 'PRODUCTS: "sol"', 'LOG_LEVEL: "x"']);
});

Deno.test("config - a bad value never shows its secret, however odd the value", () => {
  const hidden: readonly Record<string, string>[] = [
    { DATABASE_URL: "mysql://app:hunter2@db/spot" },
    { DATABASE_URL: "postgres:/app:hunter2@db/spot" },
    { DATABASE_URL: "app:hunter2@db" },
    { DATABASE_URL: "host=db user=app password=hunter2" },
    { NATS_URL: "http://app:hunter2@nats" },
    { COINBASE_REST_URL: "https://app:hunter2@exchange" },
    { NATS_CREDS: "-----BEGIN NATS USER JWT-----\nhunter2\n" },
    { COINBASE_API_KEY: "my key hunter2", COINBASE_PRIVATE_KEY: "hunter2" },
  ];
  for (const env of hidden) {
    const text = problemsOf(env).join("\n");
    assert.ok(!text.includes("hunter2"), text);
  }
});

Deno.test("config - a URL that only its server's room would find unreadable stops the start too", () => {
  const urls: readonly Record<string, string>[] = [
    { DATABASE_URL: "postgres://app:hun/ter@2@db:5432/spot" },
    { DATABASE_URL: "postgres://app:hunter%zz2@db/spot" },
    { DATABASE_URL: "postgres://app@db:port/spot" },
    { DATABASE_URL: "postgres://app@db/spot?sslmode=maybe" },
    { NATS_URL: "nats://app:hunter100%@bus:4222" },
  ];
  for (const env of urls) {
    const problems = problemsOf(env);
    assert.equal(problems.length, 1, JSON.stringify(env));
    assert.match(
      problems[0] ?? "",
      /^(DATABASE|NATS)_URL: .* is not allowed: (give|the PostgreSQL URL cannot be used: ) */,
    );
    assert.ok(!problems[0]?.includes("hun"), problems[0]);
  }
  const spelt = { NATS_URL: "nats://app:100%25@bus:4222" };
  assert.deepEqual(readConfig(spelt).natsServers, [spelt.NATS_URL]);
});

Deno.test("config - a value of many lines stays on its problem's line", () => {
  const problems = problemsOf({ HOST: `a\n${"b".repeat(5000)}` });
  assert.equal(problems.join("").split("\n").length, 1);
  assert.ok(problems.join("").length < 300);
});

Deno.test("config - without embedded services both URLs are required", () => {
  const problems = problemsOf({ EMBEDDED: "never" });
  assert.deepEqual(problems.map((problem) => problem.split(":")[0]), ["DATABASE_URL", "NATS_URL"]);
});

Deno.test("config - a Coinbase key without its other half is refused, naming the missing half", () => {
  assert.match(problemsOf({ COINBASE_API_KEY: "name" }).join(), /^COINBASE_PRIVATE_KEY: not set/);
});

Deno.test("config - a shard's index lies below the count", () => {
  assert.match(problemsOf({ SHARD_INDEX: "2", SHARD_COUNT: "2" }).join(), /^SHARD_INDEX: "2"/);
  assert.deepEqual(readConfig({ SHARD_INDEX: "1", SHARD_COUNT: "2" }).shard, {
    index: 1,
    count: 2,
  });
});

Deno.test("config - web workers are for processes that answer requests", () => {
  assert.equal(
    problemsOf({ WEB_WORKERS: "2", ROLES: "ingest, store" }).join(),
    'WEB_WORKERS: "2" is not allowed: give 1, or add web to ROLES, which is "ingest, store"',
  );
  assert.equal(readConfig({ WEB_WORKERS: "2", ROLES: "web" }).webWorkers, 2);
  assert.equal(readConfig({ WEB_WORKERS: "1", ROLES: "ingest" }).webWorkers, 1);
});

Deno.test("config - a file of webhooks is read at the start, and one that cannot be used stops it by name", async () => {
  const path = await Deno.makeTempFile();
  try {
    const secret = `whsec_${new Uint8Array(32).toBase64()}`;
    const webhook = { name: "risk", url: "https://risk.example.com", secret };
    await Deno.writeTextFile(path, JSON.stringify({ webhooks: [webhook] }));
    assert.equal(readConfig({ WEBHOOKS_FILE: path }).webhooks[0]?.name, "risk");
    assert.deepEqual(readConfig({}).webhooks, []);
    await Deno.writeTextFile(path, JSON.stringify({ webhooks: [{ ...webhook, url: "x" }] }));
    assert.throws(() => readConfig({ WEBHOOKS_FILE: path }), (error: Error) => {
      assert.match(error.message, /WEBHOOKS_FILE: .*webhooks\.0\.url: give a URL/);
      assert.ok(!error.message.includes(secret));
      return true;
    });
  } finally {
    await Deno.remove(path);
  }
  assert.throws(() => readConfig({ WEBHOOKS_FILE: path }), /WEBHOOKS_FILE: .*no such file/);
  assert.throws(() => readConfig({ WEBHOOKS_FILE: "/dev/zero" }), /WEBHOOKS_FILE: .*not a file/);
});
