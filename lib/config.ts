import { z } from "zod";
import type { LayoutSettings } from "./bus/layout_settings.ts";
import { GRANULARITIES, type Granularity } from "./candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "./candles/product.ts";
import { readPrivateKey } from "./coinbase/private_key.ts";
import { ConfigError, describe } from "./config/config_error.ts";
import { contradictions, spreadKeyFile } from "./config/contradictions.ts";
import { databaseUrl } from "./config/database_url.ts";
import {
  bytes,
  chooseProducts,
  matching,
  readKeyName,
  readNatsServer,
  readOrigin,
  readPath,
  readPublicUrl,
  readRetention,
} from "./config/readers.ts";
import {
  address,
  env,
  explained,
  flag,
  list,
  nameOf,
  oneOf,
  positive,
  variable,
  whole,
} from "./config/variable.ts";
import { readWebhooksFile } from "./config/webhooks_file.ts";
import type { LogLevel } from "./log.ts";
import type { Webhook } from "./webhooks/webhook.ts";

export { ConfigError } from "./config/config_error.ts";
export type { ProductChoice } from "./config/readers.ts";

export type Role = "ingest" | "store" | "web";

/** All environment variables, each once, with its name, allowed values and default. */
const VARIABLES = {
  port: env("PORT", whole(8000, 0, 65535)),
  /** The pages' public URL, without a slash at the end; null if not given. */
  publicUrl: env(
    "PUBLIC_URL",
    variable<string, null>(
      null,
      "the URL of the pages, such as https://candles.example.com",
      readPublicUrl,
    ),
  ),
  host: env("HOST", variable("0.0.0.0", "a host name or an IP address", matching(/^[\w.:-]+$/))),
  databaseUrl: env("DATABASE_URL", databaseUrl()),
  natsServers: env(
    "NATS_URL",
    list<string, null>(
      null,
      "nats://host:port or tls://host:port, several separated by commas",
      readNatsServer,
    ),
  ),
  /** Path of a NATS credentials file. */
  natsCreds: env(
    "NATS_CREDS",
    variable<string, null>(null, "the path of a credentials file", readPath),
  ),
  natsReplicas: env("NATS_REPLICAS", whole(1, 1, 5)),
  natsStreamMaxBytes: env("NATS_STREAM_MAX_BYTES", bytes("2GiB")),
  natsStreamMaxAgeHours: env("NATS_STREAM_MAX_AGE_HOURS", whole(72, 1, 8784)),
  natsKvMaxBytes: env("NATS_KV_MAX_BYTES", bytes("64MiB")),
  natsMaxAckPending: env("NATS_MAX_ACK_PENDING", whole(20_000, 100, 1_000_000)),
  embedded: env("EMBEDDED", oneOf("auto", ["auto", "never"])),
  coinbaseWsUrl: env(
    "COINBASE_WS_URL",
    address("wss://advanced-trade-ws.coinbase.com", ["wss:", "ws:"]),
  ),
  coinbaseRestUrl: env(
    "COINBASE_REST_URL",
    address("https://api.coinbase.com/api/v3/brokerage", ["https:", "http:"]),
  ),
  /** Set together with `coinbasePrivateKey`, or not at all. */
  coinbaseApiKey: env(
    "COINBASE_API_KEY",
    variable<string, null>(null, "a key's name", readKeyName),
  ),
  /** PKCS#8 in PEM, of a P-256 or an Ed25519 key. */
  coinbasePrivateKey: env(
    "COINBASE_PRIVATE_KEY",
    explained<string, null>(
      null,
      "a P-256 key in PEM, an Ed25519 key in base64, or the content of the exchange's JSON key file",
      (text) => readPrivateKey(text).pem,
    ),
  ),
  /** Requests per second. */
  coinbaseRestRps: env("COINBASE_REST_RPS", positive(8, 1000)),
  products: env(
    "PRODUCTS",
    list<ProductId | "*", null>(
      null,
      `* or ${PRODUCT_ID_SHAPE}, several separated by commas`,
      (text) => text === "*" ? text : parseProductId(text),
    ).transform(chooseProducts),
  ),
  maxProducts: env("MAX_PRODUCTS", whole(500, 1, 100_000)),
  shardIndex: env("SHARD_INDEX", whole(0, 0, 1023)),
  shardCount: env("SHARD_COUNT", whole(1, 1, 1024)),
  roles: env(
    "ROLES",
    list<Role>(
      ["ingest", "store", "web"],
      "ingest, store and web, separated by commas",
      (text) => text === "ingest" || text === "store" || text === "web" ? text : null,
    ).transform((roles): ReadonlySet<Role> => new Set(roles)),
  ),
  dataDir: env("DATA_DIR", variable(".data", "the path of a directory", readPath)),
  /** Least time between two live updates of one key; 0 sends every one. */
  liveIntervalMs: env("LIVE_INTERVAL_MS", whole(250, 0, 60_000)),
  closeGraceMs: env("CLOSE_GRACE_MS", whole(2000, 0, 60_000)),
  /** Most closed candles that wait for the bus. */
  closedQueue: env("CLOSED_QUEUE", whole(100_000, 1, 1_000_000)),
  maxStreams: env("MAX_STREAMS", whole(5000, 1, 1_000_000)),
  /** Whether to compress streams of clients that accept it, which costs processor time. */
  streamCompression: env("STREAM_COMPRESSION", flag(false)),
  maxStreamsPerIp: env("MAX_STREAMS_PER_IP", whole(50, 1, 1_000_000)),
  /** Requests a second of one address, on average; 0 for no limit. */
  maxRequestsPerIp: env("MAX_REQUESTS_PER_IP", whole(50, 0, 1_000_000)),
  /** PEM files for HTTPS; both or neither. */
  tlsCertFile: env(
    "TLS_CERT_FILE",
    variable<string, null>(null, "the path of a PEM file", readPath),
  ),
  tlsKeyFile: env("TLS_KEY_FILE", variable<string, null>(null, "the path of a PEM file", readPath)),
  /**
   * Processes that serve pages and streams, beside the one that ingests; 1: this process does both.
   */
  webWorkers: env("WEB_WORKERS", whole(1, 1, 32)),
  trustProxy: env("TRUST_PROXY", flag(false)),
  /** Days to keep closed candles; a granularity that is absent is kept forever. */
  retentionDays: env(
    "RETENTION_DAYS",
    list<readonly [Granularity, number]>(
      [],
      `GRANULARITY:DAYS, several separated by commas; granularities: ${GRANULARITIES.join(" ")}`,
      readRetention,
    ).transform((days): ReadonlyMap<Granularity, number> => new Map(days)),
  ),
  backfillDays: env("BACKFILL_DAYS", whole(7, 0, 3650)),
  /** How many days of history are rebuilt from trades; 0 for none. */
  exactDays: env("EXACT_DAYS", whole(7, 0, 3650)),
  /** A gap of more trades than this is filled from the exchange's candles. */
  repairMaxTrades: env("REPAIR_MAX_TRADES", whole(20_000, 0, 10_000_000)),
  corsOrigins: env(
    "CORS_ORIGINS",
    list<string>([], "* or origins such as https://example.com", readOrigin).transform((
      origins,
    ): readonly string[] | "*" => origins.includes("*") ? "*" : origins),
  ),
  /** Where closed candles are posted to. */
  webhooks: env(
    "WEBHOOKS_FILE",
    explained<readonly Webhook[]>(
      [],
      "the path of a file as docs/data.md describes",
      readWebhooksFile,
    ),
  ),
  logLevel: env("LOG_LEVEL", oneOf<LogLevel>("info", ["debug", "info", "warning", "error"])),
  /** The exchange is the simulated one; pages show a badge. */
  simulated: env("SIMULATED", flag(false)),
};

/** The configuration, read once at start. A null URL means: run that service embedded. */
export type Config = ReturnType<typeof compose>;

const HOUR_MS = 3_600_000;

/**
 * Reads the whole configuration. An empty variable counts as unset; unknown ones are ignored.
 * Throws one `ConfigError` with every fault; secrets in it are masked.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, string> = {};
  for (const [name, text] of Object.entries(environment)) {
    if (text !== undefined && text.trim() !== "") given[name] = text.trim();
  }
  spreadKeyFile(given);
  const names = new Map(Object.entries(VARIABLES).map(([key, one]) => [key, nameOf(one)]));
  const texts = Object.fromEntries([...names].map(([key, name]) => [key, given[name]]));
  const result = z.object(VARIABLES).safeParse(texts);
  const problems = [
    ...(result.error?.issues ?? []).map((issue) => {
      const name = names.get(String(issue.path[0])) ?? "";
      return describe(name, given[name] ?? "", issue);
    }),
    ...contradictions(given),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return compose(result.data);
}

/** Groups what belongs together. `EMBEDDED` only decides which variables must be given. */
function compose(read: z.output<z.ZodObject<typeof VARIABLES>>) {
  const { shardIndex, shardCount, embedded: _embedded, ...others } = read;
  const { natsStreamMaxBytes, natsStreamMaxAgeHours, natsKvMaxBytes, ...rest } = others;
  const { natsMaxAckPending, tlsCertFile, tlsKeyFile, ...config } = rest;
  const natsLayout: Omit<LayoutSettings, "replicas"> = {
    streamMaxBytes: natsStreamMaxBytes,
    streamMaxAgeMs: natsStreamMaxAgeHours * HOUR_MS,
    kvMaxBytes: natsKvMaxBytes,
    maxAckPending: natsMaxAckPending,
  };
  const tls = tlsCertFile === null || tlsKeyFile === null
    ? null
    : { certFile: tlsCertFile, keyFile: tlsKeyFile };
  return { ...config, natsLayout, tls, shard: { index: shardIndex, count: shardCount } };
}
