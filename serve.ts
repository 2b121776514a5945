/**
 * The production listener: serves the built application of `_fresh/server.js`, which imports `main.ts`. Compresses
 * pages and leaves event streams alone.
 */
import { config, gate, shutdown } from "./main.ts";
import { Listener } from "./lib/http/listener.ts";
import { refusal } from "./lib/http/refusal.ts";
import { TlsFiles, TlsFilesError } from "./lib/http/tls_files.ts";
import { UnreadError } from "./lib/http/unread_bodies.ts";
import { requireValidRequest } from "./lib/http/valid_request.ts";
import { logger } from "./lib/log.ts";

const log = logger("serve");

/** How long open requests may take to end once the streams are closed. */
const DRAIN_MS = 1000;

// Made by the build, so it must not be looked at before it is there.
const { default: built } = await import(new URL("./_fresh/server.js", import.meta.url).href);

const listener = listen();
const { hostname, port } = listener.addr;
log.info("Spot Canvas listens on {url}", {
  url: `${config.tls === null ? "http" : "https"}://${
    hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname
  }:${port}`,
});
shutdown.add("the listener", () => listener.shutdown(DRAIN_MS));

function listen(): Listener {
  try {
    return new Listener({
      serve: { port: config.port, hostname: config.host, automaticCompression: true, onError },
      handler: gate.guard(requireValidRequest(built.fetch)),
      tls: config.tls === null ? null : new TlsFiles(config.tls),
      log,
    });
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
  // A client that does not read is cut off by what it reads from: here nothing failed.
  if (error instanceof UnreadError || typeof error === "string") {
    log.debug("an answer ended early: {error}", { error: `${error}`, requestId });
  } else log.error("a request failed", { error, requestId });
  return refusal({ status: 500, title: "Something broke" }, { requestId });
}
