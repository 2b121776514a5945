/**
 * The production listener: serves the built application of `_fresh/server.js`, which imports `main.ts`. Compresses
 * pages and leaves event streams alone.
 */
import { config, gate, shutdown } from "./main.ts";
import { refusal } from "./lib/http/refusal.ts";
import { UnreadError } from "./lib/http/unread_bodies.ts";
import { requireValidRequest } from "./lib/http/valid_request.ts";
import { logger } from "./lib/log.ts";

const log = logger("serve");

/** How long open requests may take to end once the streams are closed. */
const DRAIN_MS = 1000;

// Made by the build, so it must not be looked at before it is there.
const { default: built } = await import(new URL("./_fresh/server.js", import.meta.url).href);

const stop = new AbortController();
const OPTIONS: Deno.ServeTcpOptions = {
  port: config.port,
  hostname: config.host,
  automaticCompression: true,
  signal: stop.signal,
  onListen({ hostname, port }) {
    const host = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
    log.info("Spot Canvas listens on {url}", { url: `http://${host}:${port}` });
  },
  onError(error) {
    const requestId = crypto.randomUUID();
    // A client that does not read is cut off by what it reads from: here nothing failed.
    if (error instanceof UnreadError || typeof error === "string") {
      log.debug("an answer ended early: {error}", { error: `${error}`, requestId });
    } else log.error("a request failed", { error, requestId });
    return refusal({ status: 500, title: "Something broke" }, { requestId });
  },
};
const server = listen();

shutdown.add("the listener", async () => {
  const drained = server.shutdown();
  const timer = setTimeout(() => stop.abort(), DRAIN_MS);
  await drained.catch(() => {});
  clearTimeout(timer);
});

function listen(): Deno.HttpServer {
  try {
    return Deno.serve(OPTIONS, gate.guard(requireValidRequest(built.fetch)));
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    log.error("port {port} is in use already; set PORT to a free one", { port: config.port });
    Deno.exit(1);
  }
}
