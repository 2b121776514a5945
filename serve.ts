/**
 * The production listener: serves the built application of `_fresh/server.js`, which imports `main.ts`. Compresses
 * pages and leaves event streams alone. With `WEB_WORKERS` it starts processes that do so, on one port.
 */
import { config, gate, parent, shutdown, spotCanvas, workers } from "./main.ts";
import { Listener } from "./lib/http/listener.ts";
import { refusal } from "./lib/http/refusal.ts";
import { TlsFiles, TlsFilesError } from "./lib/http/tls_files.ts";
import { UnreadError } from "./lib/http/unread_bodies.ts";
import { requireValidRequest } from "./lib/http/valid_request.ts";
import { logger } from "./lib/log.ts";
import { endedWithParent, freePort, objectionToWorkers } from "./lib/workers/may_start.ts";
import type { WebWorkers } from "./lib/workers/web_workers.ts";
import { WorkerProcess } from "./lib/workers/worker_process.ts";

const log = logger("serve");

/** How long open requests may take to end once the streams are closed. */
const DRAIN_MS = 1000;

if (workers !== null) await serveByWorkers(workers);
else await serve();

/** Serves the port in this process, or with other workers. */
async function serve(): Promise<void> {
  // A dynamic import, since the build creates the file.
  const { default: built } = await import(new URL("./_fresh/server.js", import.meta.url).href);
  const handler = gate.guard(requireValidRequest(built.fetch));
  const listener = orExit(() =>
    new Listener({
      serve: {
        port: config.port,
        hostname: config.host,
        automaticCompression: true,
        reusePort: parent !== null,
        onError,
      },
      handler,
      tls: config.tls === null ? null : new TlsFiles(config.tls),
      log,
    })
  );
  shutdown.add("the listener", () => listener.shutdown(DRAIN_MS));
  if (parent === null) reportListening(listener.addr.port);
  else parent.listening();
}

/** Lets workers serve the port. What would stop a worker stops this process, before any is started. */
async function serveByWorkers(workers: WebWorkers): Promise<void> {
  const objection = objectionToWorkers();
  if (objection !== null) {
    log.error("WEB_WORKERS: {count} is not allowed: {objection}", {
      count: config.webWorkers,
      objection,
    });
    Deno.exit(1);
  }
  const port = orExit(() => {
    if (config.tls !== null) new TlsFiles(config.tls).read();
    return freePort(config.host, config.port);
  });
  const before = await endedWithParent();
  workers.start(
    spotCanvas,
    (number, events) => new WorkerProcess(number, port, before, events),
    () => reportListening(port),
  );
}

function reportListening(port: number): void {
  const { host, tls } = config;
  log.info("Spot Canvas listens on {url}", {
    url: `${tls === null ? "http" : "https"}://${
      host === "0.0.0.0" || host === "::" ? "localhost" : host
    }:${port}`,
  });
}

function orExit<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof TlsFilesError) log.error(error.message);
    else if (error instanceof Deno.errors.AddrInUse) {
      log.error("port {port} is in use already; set PORT to a free one", { port: config.port });
    } else throw error;
    Deno.exit(1);
  }
}

function onError(error: unknown): Response {
  const requestId = crypto.randomUUID();
  // The client was cut off because it does not read: nothing failed here.
  if (error instanceof UnreadError || typeof error === "string") {
    log.debug("an answer ended early: {error}", { error: `${error}`, requestId });
  } else log.error("a request failed", { error, requestId });
  return refusal({ status: 500, title: "Something broke" }, { requestId });
}
