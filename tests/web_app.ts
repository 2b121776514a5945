import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createApp, type Services } from "../app.ts";
import { type AppHandler, useSnapshot } from "../fresh/app.ts";
import { type FsRoute, parseRoutePath } from "../fresh/fs_routes.ts";
import { EMPTY_SNAPSHOT } from "../fresh/snapshot.ts";
import { readConfig } from "../lib/config.ts";
import { logger } from "../lib/log.ts";
import { Shutdown } from "../lib/shutdown.ts";
import { SpotCanvas } from "../lib/spot_canvas.ts";

const ROUTES = fileURLToPath(new URL("../routes", import.meta.url));

/** The web application of a process that has only just begun, without a build, a server or a network. */
export interface WebApp {
  readonly handler: AppHandler;
  /** The pattern of every route: `/products/:product`. */
  readonly patterns: readonly string[];
  close(): Promise<void>;
}

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
    metrics: () => spotCanvas.metrics(),
    ...instead,
  };
  const app = createApp(services);
  const routes = await Array.fromAsync(routesIn(""));
  useSnapshot(app, { ...EMPTY_SNAPSHOT, routes }, "production");
  return {
    handler: app.handler(),
    patterns: routes.flatMap(({ kind, pattern }) => kind === "route" ? [pattern] : []),
    close: () => shutdown.run(),
  };
}

async function* routesIn(folder: string): AsyncGenerator<FsRoute> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROUTES, folder))) {
    const path = `${folder}${name}`;
    if (isDirectory) {
      yield* routesIn(`${path}/`);
      continue;
    }
    const file = join(ROUTES, path);
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    yield { ...parseRoutePath(path), file, module };
  }
}
