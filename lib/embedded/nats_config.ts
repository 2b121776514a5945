import { join } from "node:path";
import { EmbeddedError } from "./error.ts";
import { newPassword, writeSecretFile } from "./secret_file.ts";

/** A server's saved settings, in a file that only its owner may read. */
export interface NatsRecord {
  readonly user: string;
  readonly password: string;
  /** The port of its last start, null before the first. */
  readonly port: number | null;
}

/** The record kept in `home`, or a new one. */
export async function readNatsRecord(home: string): Promise<NatsRecord> {
  const path = join(home, "connection.json");
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { user: "spot_canvas", password: newPassword(), port: null };
  }
  const saved: unknown = JSON.parse(text);
  if (!isRecord(saved)) throw new EmbeddedError(`${path} is not readable: remove it`);
  return saved;
}

export async function writeNatsRecord(home: string, record: NatsRecord): Promise<void> {
  await writeSecretFile(join(home, "connection.json"), JSON.stringify(record));
}

/** A second user with fewer permissions. */
export interface LimitedUser {
  readonly user: string;
  readonly permissions: {
    readonly publish: readonly string[];
    readonly subscribe: readonly string[];
  };
}

/**
 * The server's configuration file. It has the password, since command-line arguments are public.
 */
export function natsConfig(
  record: NatsRecord,
  { serverName, port, store, reader }: {
    readonly serverName: string;
    readonly port: number;
    /** JetStream's directory. */
    readonly store: string;
    readonly reader: (LimitedUser & { readonly password: string }) | null;
  },
): string {
  return `server_name: ${JSON.stringify(serverName)}
listen: "127.0.0.1:${port}"
max_payload: 1MB
authorization {
  users: [
    { user: ${JSON.stringify(record.user)}, password: ${JSON.stringify(record.password)} }${
    reader === null ? "" : `\n    ${readerText(reader)}`
  }
  ]
}
jetstream {
  store_dir: ${JSON.stringify(store)}
  max_memory_store: 256MB
  max_file_store: 16GB
  sync_interval: "10s"
}
`;
}

function readerText({ user, password, permissions }: LimitedUser & { readonly password: string }) {
  return `{ user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)}, ` +
    `permissions: ${JSON.stringify(permissions)} }`;
}

function isRecord(value: unknown): value is NatsRecord {
  return typeof value === "object" && value !== null &&
    "user" in value && typeof value.user === "string" &&
    "password" in value && typeof value.password === "string" &&
    "port" in value && (value.port === null || typeof value.port === "number");
}
