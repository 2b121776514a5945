/** Spot Canvas: reads the environment, starts everything in the background and exports the web application. */
import { createApp } from "./app.ts";
import { ConfigError, readConfig } from "./lib/config.ts";
import { configureLog, logger } from "./lib/log.ts";
import { ignoreConnectionLossErrors } from "./lib/app/lost_sockets.ts";
import { Shutdown } from "./lib/app/shutdown.ts";
import { SpotCanvas } from "./lib/app/spot_canvas.ts";
import { openWorkers } from "./lib/app/web_workers.ts";
import { parentChannel, ParentLink } from "./lib/workers/parent_link.ts";
import { workerNumber } from "./lib/workers/worker_process.ts";

export const config = readConfigOrExit();
const worker = workerNumber();
configureLog({ level: config.logLevel, worker });
ignoreConnectionLossErrors((error) =>
  logger("sockets").debug("a lost connection's last word", { error })
);
export const shutdown = new Shutdown(logger("stop"));
/** A web worker's link to the process that started it. */
export const parent = worker === null ? null : new ParentLink(worker, parentChannel(), stop);
/** The processes that serve the port in place of this one; null where this one does. */
export const workers = parent === null && config.webWorkers > 1 ? openWorkers(config) : null;
if (workers !== null) shutdown.add("web workers", () => workers.ended());
export const spotCanvas = new SpotCanvas(config, shutdown, { parent, workers });
void spotCanvas.start();
export const app = createApp(spotCanvas);
/** What `serve.ts` puts before it. */
export const { gate } = spotCanvas;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.addSignalListener(signal, () => stop(false));
}

/** Shuts down; immediately if the parent is gone. */
async function stop(parentIsGone: boolean): Promise<void> {
  if (parentIsGone) Deno.exit(1);
  if (shutdown.begun) return;
  workers?.stop();
  await shutdown.run();
  Deno.exit(0);
}

function readConfigOrExit() {
  try {
    return readConfig(Deno.env.toObject());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
