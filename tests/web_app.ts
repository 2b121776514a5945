import { fileURLToPath } from "node:url";
import { Builder } from "fresh/dev";
import { createApp, type Services } from "../app.ts";
import { readConfig } from "../lib/config.ts";
import { requireValidRequest } from "../lib/http/valid_request.ts";
import { logger } from "../lib/log.ts";
import { Shutdown } from "../lib/app/shutdown.ts";
import { SpotCanvas } from "../lib/app/spot_canvas.ts";
import { routePatterns } from "./route_patterns.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The web application of a process that has just started, built in memory, without a server or a network. */
export interface WebApp {
  /** What the server calls: the app behind what stands before it. */
  readonly handler: (request: Request) => Promise<Response>;
  /** The pattern of every route: `/products/:product`. */
  readonly patterns: readonly string[];
  close(): Promise<void>;
}

/** Where the requests seem to come from. */
const HERE: Deno.ServeHandlerInfo<Deno.NetAddr> = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  completed: Promise.resolve(),
};

let built: ReturnType<Builder["build"]> | undefined;

/** Makes it. `instead` replaces services. */
export async function openWebApp(
  env: Readonly<Record<string, string>> = {},
  instead: Partial<Services> = {},
): Promise<WebApp> {
  const shutdown = new Shutdown(logger("stop"));
  const spotCanvas = new SpotCanvas(readConfig(env), shutdown);
  const services: Services = {
    config: spotCanvas.config,
    hub: spotCanvas.hub,
    streams: spotCanvas.streams,
    catalogue: spotCanvas.catalogue,
    history: spotCanvas.history,
    archive: spotCanvas.archive,
    auditDates: spotCanvas.auditDates,
    exactPasts: spotCanvas.exactPasts,
    screener: spotCanvas.screener,
    pastVersion: () => Promise.reject(new Error("there is no store")),
    requests: spotCanvas.requests,
    downloads: spotCanvas.downloads,
    reads: spotCanvas.reads,
    finalPages: spotCanvas.finalPages,
    status: () => spotCanvas.status(),
    isAlive: () => spotCanvas.isAlive(),
    figures: () => spotCanvas.figures(),
    metrics: () => spotCanvas.metrics(),
    ...instead,
  };
  const app = createApp(services);
  built ??= new Builder({ root: ROOT, target: "es2022" }).build({ snapshot: "memory" });
  (await built)(app);
  const answer = requireValidRequest(app.handler());
  return {
    handler: async (request) => await answer(request, HERE),
    patterns: await routePatterns(`${ROOT}routes`),
    close: () => shutdown.run(),
  };
}
