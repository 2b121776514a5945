import { type Clock, every, systemClock } from "../time/clock.ts";
import { pause } from "../time/pause.ts";
import type { TlsFiles, TlsPair } from "./tls_files.ts";

/** What a listener reports. */
export interface ListenerLog {
  info(text: string, values: Record<string, unknown>): void;
  warn(text: string, values: Record<string, unknown>): void;
}

export interface ListenerOptions {
  readonly serve: Omit<Deno.ServeTcpOptions, "signal" | "onListen">;
  readonly handler: Deno.ServeHandler<Deno.NetAddr>;
  /** Null for HTTP without TLS. */
  readonly tls: TlsFiles | null;
  readonly log: ListenerLog;
  readonly clock?: Clock;
}

/** How often the certificate's files are checked. */
const LOOK_MS = 10_000;
/** A released port is free a few milliseconds later; if it is not after a second, another program has it. */
const FREE_MS = 5;
const FREE_ATTEMPTS = 200;
const RETRY_MS = 1000;

/**
 * Serves a port. With TLS, new connections get certificates that were renewed on disk; open connections continue with
 * the former one. The caller shuts it down.
 */
export class Listener {
  /** Aborted when certificates are no longer renewed. */
  readonly #ending = new AbortController();
  readonly #open = new Set<Deno.HttpServer<Deno.NetAddr>>();
  readonly #stopLooking: () => void;
  #current: Deno.HttpServer<Deno.NetAddr>;
  #renewing: Promise<void> = Promise.resolve();
  /** The last fault of the files, so that it is reported once. */
  #trouble = "";

  /** Throws a `TlsFilesError`, or what `Deno.serve` throws for a port in use. */
  constructor(private readonly options: ListenerOptions) {
    const { tls, serve, clock = systemClock } = options;
    this.#current = this.#serve(serve.port ?? 0, tls?.read() ?? null);
    this.#stopLooking = tls === null ? () => {} : every(clock, LOOK_MS, () => void this.renew());
  }

  get addr(): Deno.NetAddr {
    return this.#current.addr;
  }

  /** Uses the certificate on disk from now on, if it has changed and is usable. */
  renew(): Promise<void> {
    return this.#renewing = this.#renewing.then(() => this.#renew());
  }

  /**
   * Stops accepting connections, and resolves when all requests have ended, or after `drainMs`:
   * those that are left then end with the process, since a server that is being shut down cannot be
   * aborted (Deno throws `BadResource`).
   */
  async shutdown(drainMs: number): Promise<void> {
    this.#stopLooking();
    this.#ending.abort();
    await this.#renewing;
    const isDrained = new AbortController();
    const drained = Promise.allSettled([...this.#open].map((server) => server.shutdown()));
    const { clock = systemClock } = this.options;
    await Promise.race([drained, pause(drainMs, isDrained.signal, clock)]);
    isDrained.abort();
  }

  async #renew(): Promise<void> {
    const { tls, log, clock = systemClock } = this.options;
    let pair: TlsPair | null;
    try {
      pair = tls?.readChanged() ?? null;
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      if (trouble !== this.#trouble) {
        log.warn("the former certificate is still used: {trouble}", { trouble });
      }
      this.#trouble = trouble;
      return;
    }
    this.#trouble = "";
    if (pair === null) return;
    const { port } = this.addr;
    const former = this.#current;
    // It accepts no new connections; the open ones end when their clients close them.
    former.shutdown().catch(() => {}).finally(() => this.#open.delete(former));
    const { signal } = this.#ending;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        this.#current = this.#serve(port, pair);
        return log.info("new connections get a renewed certificate", {});
      } catch (error) {
        const isFreeSoon = error instanceof Deno.errors.AddrInUse && attempt < FREE_ATTEMPTS;
        if (!isFreeSoon) log.warn("the port cannot be served again: {error}", { error });
        await pause(isFreeSoon ? FREE_MS : RETRY_MS, signal, clock);
      }
    }
  }

  #serve(port: number, pair: TlsPair | null): Deno.HttpServer<Deno.NetAddr> {
    const { serve, handler } = this.options;
    const common = { ...serve, port, onListen() {} };
    const server = pair === null
      ? Deno.serve(common, handler)
      : Deno.serve({ ...common, ...pair }, handler);
    this.#open.add(server);
    return server;
  }
}
