import { z } from "zod";
import { type LayoutSettings, parseBytes } from "./bus/layout_settings.ts";
import { GRANULARITIES, type Granularity, parseGranularity } from "./candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "./candles/product.ts";
import { nameInKeyFile, plainText, readPrivateKey } from "./coinbase/private_key.ts";
import type { LogLevel } from "./log.ts";
import { redactText } from "./log/redact.ts";
import { DatabaseUrlError, parseDatabaseUrl } from "./store/database_url.ts";
import {
  address,
  explained,
  flag,
  list,
  oneOf,
  positive,
  type Variable,
  variable,
  whole,
} from "./config/variable.ts";

export type Role = "ingest" | "store" | "web";

/** Which products to follow: the most traded `-USD` ones, all that are online, or these. */
export type ProductChoice =
  | { readonly kind: "top" }
  | { readonly kind: "all" }
  | { readonly kind: "list"; readonly ids: readonly ProductId[] };

/** All that can be set from outside; read once at start. A null URL means: run that service embedded. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where people find the pages, without a slash at the end; null if nobody said. */
  readonly publicUrl: string | null;
  readonly databaseUrl: string | null;
  readonly natsServers: readonly string[] | null;
  /** Path of a NATS credentials file. */
  readonly natsCreds: string | null;
  readonly natsReplicas: number;
  /** What streams and buckets may take of JetStream. */
  readonly natsLayout: Omit<LayoutSettings, "replicas">;
  readonly coinbaseWsUrl: string;
  readonly coinbaseRestUrl: string;
  /** Set together with `coinbasePrivateKey`, or not at all. */
  readonly coinbaseApiKey: string | null;
  /** PKCS#8 in PEM, of a P-256 or an Ed25519 key. */
  readonly coinbasePrivateKey: string | null;
  /** Requests per second. */
  readonly coinbaseRestRps: number;
  readonly products: ProductChoice;
  readonly maxProducts: number;
  readonly shard: { readonly index: number; readonly count: number };
  readonly roles: ReadonlySet<Role>;
  readonly dataDir: string;
  /** Least time between two live updates of one key; 0 sends every one. */
  readonly liveIntervalMs: number;
  readonly closeGraceMs: number;
  /** Closed candles that wait for the bus at most. */
  readonly closedQueue: number;
  readonly maxStreams: number;
  readonly maxStreamsPerIp: number;
  /** Requests a second of one address, on average; 0 for no limit. */
  readonly maxRequestsPerIp: number;
  readonly trustProxy: boolean;
  /** Days to keep closed candles; a granularity that is absent is kept for ever. */
  readonly retentionDays: ReadonlyMap<Granularity, number>;
  readonly backfillDays: number;
  /** A gap of more trades than this is filled from the exchange's candles. */
  readonly repairMaxTrades: number;
  readonly corsOrigins: readonly string[] | "*";
  readonly logLevel: LogLevel;
  /** The exchange is the simulated one; pages say so. */
  readonly simulated: boolean;
}

/** The environment cannot be used. The message and `problems` name each bad variable, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly problems: readonly string[]) {
    super(["The environment cannot be used:", ...problems].join("\n  "));
  }
}

const HOUR_MS = 3_600_000;
/** A stream's block is some megabytes; with less it would keep nearly nothing. */
const LEAST_BYTES = 1024 ** 2;
const SECRET_VARIABLES = new Set(["COINBASE_API_KEY", "COINBASE_PRIVATE_KEY"]);

const ENVIRONMENT = z.object({
  PORT: whole(8000, 0, 65535),
  PUBLIC_URL: variable<string, null>(
    null,
    "the URL of the pages, such as https://candles.example.com",
    readPublicUrl,
  ),
  HOST: variable("0.0.0.0", "a host name or an IP address", matching(/^[\w.:-]+$/)),
  DATABASE_URL: databaseUrl(),
  NATS_URL: list<string, null>(
    null,
    "nats://host:port or tls://host:port, several separated by commas",
    readNatsServer,
  ),
  NATS_CREDS: variable<string, null>(null, "the path of a credentials file", readPath),
  NATS_REPLICAS: whole(1, 1, 5),
  NATS_STREAM_MAX_BYTES: bytes("2GiB"),
  NATS_STREAM_MAX_AGE_HOURS: whole(72, 1, 8784),
  NATS_KV_MAX_BYTES: bytes("64MiB"),
  NATS_MAX_ACK_PENDING: whole(20_000, 100, 1_000_000),
  EMBEDDED: oneOf("auto", ["auto", "never"]),
  COINBASE_WS_URL: address("wss://advanced-trade-ws.coinbase.com", ["wss:", "ws:"]),
  COINBASE_REST_URL: address("https://api.coinbase.com/api/v3/brokerage", ["https:", "http:"]),
  COINBASE_API_KEY: variable<string, null>(null, "a key's name", readKeyName),
  COINBASE_PRIVATE_KEY: explained<string, null>(
    null,
    "a P-256 key in PEM, an Ed25519 key in base64, or the content of the exchange's JSON key file",
    (text) => readPrivateKey(text).pem,
  ),
  COINBASE_REST_RPS: positive(8, 1000),
  PRODUCTS: list<ProductId | "*", null>(
    null,
    `* or ${PRODUCT_ID_SHAPE}, several separated by commas`,
    (text) => text === "*" ? text : parseProductId(text),
  ),
  MAX_PRODUCTS: whole(500, 1, 100_000),
  SHARD_INDEX: whole(0, 0, 1023),
  SHARD_COUNT: whole(1, 1, 1024),
  ROLES: list<Role>(
    ["ingest", "store", "web"],
    "ingest, store and web, separated by commas",
    (text) => text === "ingest" || text === "store" || text === "web" ? text : null,
  ),
  DATA_DIR: variable(".data", "the path of a directory", readPath),
  LIVE_INTERVAL_MS: whole(250, 0, 60_000),
  CLOSE_GRACE_MS: whole(2000, 0, 60_000),
  CLOSED_QUEUE: whole(100_000, 1, 1_000_000),
  MAX_STREAMS: whole(5000, 1, 1_000_000),
  MAX_STREAMS_PER_IP: whole(50, 1, 1_000_000),
  MAX_REQUESTS_PER_IP: whole(50, 0, 1_000_000),
  TRUST_PROXY: flag(false),
  RETENTION_DAYS: list<readonly [Granularity, number]>(
    [],
    `GRANULARITY:DAYS, several separated by commas; granularities: ${GRANULARITIES.join(" ")}`,
    readRetention,
  ),
  BACKFILL_DAYS: whole(7, 0, 3650),
  REPAIR_MAX_TRADES: whole(20_000, 0, 10_000_000),
  CORS_ORIGINS: list<string>([], "* or origins such as https://example.com", readOrigin),
  LOG_LEVEL: oneOf<LogLevel>("info", ["debug", "info", "warning", "error"]),
  SIMULATED: flag(false),
});

type Environment = z.output<typeof ENVIRONMENT>;

/**
 * Reads the whole configuration. An empty variable counts as unset; unknown ones are ignored.
 * Throws one `ConfigError` with all that is wrong; secrets in it are masked.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, string> = {};
  for (const [name, text] of Object.entries(env)) {
    if (text !== undefined && text.trim() !== "") given[name] = text.trim();
  }
  spreadKeyFile(given);
  const result = ENVIRONMENT.safeParse(given);
  const problems = [
    ...(result.error?.issues ?? []).map((issue) => describe(issue, given)),
    ...contradictions(given),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(result.data);
}

function toConfig(read: Environment): Config {
  return {
    port: read.PORT,
    host: read.HOST,
    publicUrl: read.PUBLIC_URL,
    databaseUrl: read.DATABASE_URL,
    natsServers: read.NATS_URL,
    natsCreds: read.NATS_CREDS,
    natsReplicas: read.NATS_REPLICAS,
    natsLayout: {
      streamMaxBytes: read.NATS_STREAM_MAX_BYTES,
      streamMaxAgeMs: read.NATS_STREAM_MAX_AGE_HOURS * HOUR_MS,
      kvMaxBytes: read.NATS_KV_MAX_BYTES,
      maxAckPending: read.NATS_MAX_ACK_PENDING,
    },
    coinbaseWsUrl: read.COINBASE_WS_URL,
    coinbaseRestUrl: read.COINBASE_REST_URL,
    coinbaseApiKey: read.COINBASE_API_KEY,
    coinbasePrivateKey: read.COINBASE_PRIVATE_KEY,
    coinbaseRestRps: read.COINBASE_REST_RPS,
    products: chooseProducts(read.PRODUCTS),
    maxProducts: read.MAX_PRODUCTS,
    shard: { index: read.SHARD_INDEX, count: read.SHARD_COUNT },
    roles: new Set(read.ROLES),
    dataDir: read.DATA_DIR,
    liveIntervalMs: read.LIVE_INTERVAL_MS,
    closeGraceMs: read.CLOSE_GRACE_MS,
    closedQueue: read.CLOSED_QUEUE,
    maxStreams: read.MAX_STREAMS,
    maxStreamsPerIp: read.MAX_STREAMS_PER_IP,
    maxRequestsPerIp: read.MAX_REQUESTS_PER_IP,
    trustProxy: read.TRUST_PROXY,
    retentionDays: new Map(read.RETENTION_DAYS),
    backfillDays: read.BACKFILL_DAYS,
    repairMaxTrades: read.REPAIR_MAX_TRADES,
    corsOrigins: read.CORS_ORIGINS.includes("*") ? "*" : read.CORS_ORIGINS,
    logLevel: read.LOG_LEVEL,
    simulated: read.SIMULATED,
  };
}

/** What no single variable can know about itself. */
function* contradictions(given: Readonly<Record<string, string>>): Iterable<string> {
  if (given.EMBEDDED === "never") {
    for (const name of ["DATABASE_URL", "NATS_URL"]) {
      if (given[name] === undefined) yield `${name}: not set, and EMBEDDED=never: give its URL`;
    }
  }
  if ((given.COINBASE_API_KEY === undefined) !== (given.COINBASE_PRIVATE_KEY === undefined)) {
    const missing = given.COINBASE_API_KEY === undefined
      ? "COINBASE_API_KEY"
      : "COINBASE_PRIVATE_KEY";
    yield `${missing}: not set: give COINBASE_API_KEY and COINBASE_PRIVATE_KEY, or neither`;
  }
  const inFile = nameInKeyFile(given.COINBASE_PRIVATE_KEY ?? "");
  if (inFile !== null && inFile !== readKeyName(given.COINBASE_API_KEY ?? "")) {
    yield "COINBASE_API_KEY: (hidden) is not the name in COINBASE_PRIVATE_KEY's key file: leave it out";
  }
  const count = Number(given.SHARD_COUNT ?? 1);
  if (Number(given.SHARD_INDEX ?? 0) >= count && count >= 1) {
    yield `SHARD_INDEX: ${JSON.stringify(given.SHARD_INDEX)} is not allowed: ` +
      `give a number below SHARD_COUNT, which is ${count}`;
  }
}

function describe(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0]);
  const item: unknown = issue.code === "custom" ? issue.params?.value : undefined;
  const text = typeof item === "string" ? item : given[name] ?? "";
  const shown = SECRET_VARIABLES.has(name) ? "(hidden)" : JSON.stringify(masked(text));
  const reason: unknown = issue.code === "custom" ? issue.params?.reason : undefined;
  const instead = typeof reason === "string" ? reason : `give ${issue.message}`;
  return `${name}: ${shown} is not allowed: ${instead}`;
}

/** A bad URL may be too odd for `redactText` to see its password, so all before the last @ goes. */
function masked(text: string): string {
  const safe = redactText(text.replace(/^([a-z]+:\/\/)?.*@/is, "$1***@"));
  return safe.length > 100 ? `${safe.slice(0, 100)}…` : safe;
}

function matching(pattern: RegExp): (text: string) => string | null {
  return (text) => pattern.test(text) ? text : null;
}

/** Read once here already, so that an odd one stops the start and not what comes after it. */
/** Kept as it is given; the reason for which one cannot be used is the issue's. */
function databaseUrl(): Variable<string | null> {
  return z.string().optional().transform((text, context) => {
    if (text === undefined) return null;
    try {
      parseDatabaseUrl(text);
      return text;
    } catch (error) {
      if (!(error instanceof DatabaseUrlError)) throw error;
      const { message } = error;
      context.addIssue({ code: "custom", message, params: { reason: message } });
      return z.NEVER;
    }
  });
}

function readNatsServer(text: string): string | null {
  const match = /^(?:(?:nats|tls):\/\/)?(?:([^\s/@]+)@)?[\w.:[\]-]+\/?$/.exec(text);
  if (match === null) return null;
  // A login is percent-encoded; a percent sign of its own is no encoding.
  return /%(?![0-9a-f]{2})/i.test(match[1] ?? "") ? null : text;
}

/** An amount of storage. */
function bytes(fallback: string) {
  const allowed = "a number of bytes, or one of KiB, MiB or GiB, of 1MiB at least";
  return variable(parseBytes(fallback) ?? NaN, allowed, (text) => {
    const value = parseBytes(text);
    return value !== null && value >= LEAST_BYTES ? value : null;
  });
}

/** A path on one line; a file's contents pasted in its place are refused. */
function readPath(text: string): string | null {
  return /[\n\0]|-----BEGIN/.test(text) ? null : text;
}

function readPublicUrl(text: string): string | null {
  const origin = readOrigin(text.replace(/\/$/, ""));
  return origin === "*" ? null : origin;
}

/** The name itself, or the JSON key file that has it. */
function readKeyName(text: string): string | null {
  const name = nameInKeyFile(text) ?? plainText(text);
  return /^[\x21-\x7e]+$/.test(name) && !name.startsWith("{") ? name : null;
}

/** The exchange's JSON key file is name and key in one: it may stand in either variable alone. */
function spreadKeyFile(given: Record<string, string>): void {
  const { COINBASE_API_KEY: first, COINBASE_PRIVATE_KEY: second } = given;
  const file = [first, second].find((text) => text !== undefined && nameInKeyFile(text) !== null);
  if (file === undefined) return;
  given.COINBASE_API_KEY ??= file;
  given.COINBASE_PRIVATE_KEY ??= file;
}

function chooseProducts(list: readonly (ProductId | "*")[] | null): ProductChoice {
  if (list === null) return { kind: "top" };
  const ids = list.filter((id): id is ProductId => id !== "*");
  return ids.length < list.length ? { kind: "all" } : { kind: "list", ids };
}

function readRetention(text: string): readonly [Granularity, number] | null {
  const [name, days, ...rest] = text.split(":");
  const granularity = parseGranularity(name ?? "");
  if (granularity === null || rest.length > 0 || !/^[1-9]\d{0,5}$/.test(days ?? "")) return null;
  return [granularity, Number(days)];
}

function readOrigin(text: string): string | null {
  if (text === "*") return text;
  const url = URL.parse(text);
  if (url === null || !["https:", "http:"].includes(url.protocol)) return null;
  return url.href === `${url.origin}/` ? url.origin : null;
}
