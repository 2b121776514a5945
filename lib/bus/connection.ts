import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  type NatsConnection,
  type Status,
} from "@nats-io/transport-node";
import { BusError, describeBusError } from "./bus_error.ts";
import type { BusCondition } from "./bus_state.ts";
import { BackOff } from "../time/back_off.ts";

/** Where the NATS servers are and how to log in. */
export interface ConnectionAddress {
  /** `nats://host:4222` or `nats://user:password@host:4222`; several for a cluster. */
  readonly servers: readonly string[];
  /** The text of a `.creds` file, or null. */
  readonly credentials?: string | null;
}

const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 1_000;
// A server that accepts but has stopped answering is noticed within half a minute, not after four.
const PING_INTERVAL_MS = 10_000;
const PINGS_UNANSWERED = 2;

/**
 * Connects, retrying until it succeeds, and reconnects automatically from then on; keeps
 * `condition` up to date. Rejects with a `BusError` for an address that cannot be read, or when
 * aborted before the first connection.
 */
export async function connectForGood(
  address: ConnectionAddress,
  condition: BusCondition,
  signal: AbortSignal,
): Promise<NatsConnection> {
  let attempts = 0;
  const options: ConnectionOptions = {
    ...readAddress(address),
    name: "spot-canvas",
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    // The client calls this twice for each attempt, so the factor is small.
    reconnectDelayHandler: () => jitter(Math.min(RETRY_MIN_MS * 1.4 ** attempts++, RETRY_MAX_MS)),
    ignoreAuthErrorAbort: true,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: PINGS_UNANSWERED,
    // Recording a stack for every request costs more than the request.
    noAsyncTraces: true,
  };
  const backOff = new BackOff(RETRY_MIN_MS, RETRY_MAX_MS);
  while (!signal.aborted) {
    try {
      const connection = await connect(options);
      attempts = 0;
      condition.connection("up");
      void follow(connection, condition, () => attempts = 0);
      return connection;
    } catch (error) {
      condition.connection("connecting", describeBusError(error));
      await backOff.wait(signal);
    }
  }
  throw new BusError("the bus was closed before NATS was reached");
}

async function follow(
  connection: NatsConnection,
  condition: BusCondition,
  onReconnect: () => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "disconnect") condition.connection("down", "disconnected from NATS");
    // The client waits for the stalled socket before it reports "disconnect".
    if (status.type === "staleConnection") condition.connection("down", "NATS stopped answering");
    if (status.type === "reconnect") {
      onReconnect();
      condition.connection("up");
    }
    if (status.type === "error" && !condition.connected) {
      condition.connection("down", describeStatus(status));
    }
  }
  const error = await connection.closed();
  condition.connection("closed", error ? describeBusError(error) : null);
}

function describeStatus(status: Extract<Status, { type: "error" }>): string {
  return `NATS: ${describeBusError(status.error)}`;
}

/** Several processes that lost one server must not reconnect in step. */
function jitter(ms: number): number {
  return Math.round(ms * (0.75 + Math.random() / 2));
}

function readAddress(
  { servers, credentials }: ConnectionAddress,
): Pick<ConnectionOptions, "servers" | "user" | "pass" | "tls" | "authenticator"> {
  const read = servers.map(readServer);
  const login = read.find(({ user }) => user !== "");
  return {
    servers: read.map(({ server }) => server),
    ...(login === undefined ? {} : { user: login.user, pass: login.password }),
    // The client ignores the scheme, so TLS has to be requested explicitly.
    ...(read.some(({ tls }) => tls) ? { tls: {} } : {}),
    ...(credentials
      ? { authenticator: credsAuthenticator(new TextEncoder().encode(checked(credentials))) }
      : {}),
  };
}

function readServer(
  text: string,
): { server: string; user: string; password: string; tls: boolean } {
  const match = /^(?:(nats|tls):\/\/)?(?:([^@/]*)@)?([^@/]+)\/?$/.exec(text.trim());
  const [, scheme, login = "", server = ""] = match ?? [];
  if (server === "") {
    throw new BusError(
      "not a NATS address; expected nats://host:4222 or nats://user:password@host:4222",
    );
  }
  const [user = "", ...password] = login.split(":");
  try {
    return {
      server,
      user: decodeURIComponent(user),
      password: decodeURIComponent(password.join(":")),
      tls: scheme === "tls",
    };
  } catch (cause) {
    throw new BusError("the NATS address' login is not percent-encoded properly", { cause });
  }
}

function checked(credentials: string): string {
  if (credentials.includes("-----BEGIN NATS USER JWT-----")) return credentials;
  throw new BusError("the NATS credentials are not the text of a .creds file");
}
