import { fileURLToPath } from "node:url";
import type { App } from "fresh";
import { Builder } from "fresh/dev";
import { createApp, type Services, type State } from "../app.ts";
import { readConfig } from "../lib/config.ts";
import { logger } from "../lib/log.ts";
import { Shutdown } from "../lib/app/shutdown.ts";
import { SpotCanvas } from "../lib/app/spot_canvas.ts";
import { routePatterns } from "./route_patterns.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The web application of a process that has only just begun, built in memory, without a server or a network. */
export interface WebApp {
  readonly handler: ReturnType<App<State>["handler"]>;
  /** The pattern of every route: `/products/:product`. */
  readonly patterns: readonly string[];
  close(): Promise<void>;
}

let built: ReturnType<Builder["build"]> | undefined;

/** Makes it. `instead` takes the place of what the services are. */
export async function openWebApp(
  env: Readonly<Record<string, string>> = {},
  instead: Partial<Services> = {},
): Promise<WebApp> {
  const shutdown = new Shutdown(logger("stop"));
  const spotCanvas = new SpotCanvas(readConfig(env), shutdown);
  const services: Services = {
    config: spotCanvas.config,
    hub: spotCanvas.hub,
    catalogue: spotCanvas.catalogue,
    history: spotCanvas.history,
    archive: spotCanvas.archive,
    requests: spotCanvas.requests,
    downloads: spotCanvas.downloads,
    status: () => spotCanvas.status(),
    figures: () => spotCanvas.figures(),
    metrics: () => spotCanvas.metrics(),
    ...instead,
  };
  const app = createApp(services);
  built ??= new Builder({ root: ROOT, target: "es2022" }).build({ snapshot: "memory" });
  (await built)(app);
  return {
    handler: app.handler(),
    patterns: await routePatterns(`${ROOT}routes`),
    close: () => shutdown.run(),
  };
}
