/** Spot Canvas: reads the environment, starts everything in the background and exports the web application. */
import { createApp } from "./app.ts";
import { ConfigError, readConfig } from "./lib/config.ts";
import { configureLog, logger } from "./lib/log.ts";
import { ignoreConnectionLossErrors } from "./lib/app/lost_sockets.ts";
import { Shutdown } from "./lib/app/shutdown.ts";
import { SpotCanvas } from "./lib/app/spot_canvas.ts";

export const config = readConfigOrExit();
configureLog({ level: config.logLevel });
ignoreConnectionLossErrors((error) =>
  logger("sockets").debug("a lost connection's last word", { error })
);
export const shutdown = new Shutdown(logger("stop"));
const spotCanvas = new SpotCanvas(config, shutdown);
void spotCanvas.start();
export const app = createApp(spotCanvas);
/** What `serve.ts` puts before it. */
export const { gate } = spotCanvas;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.addSignalListener(signal, async () => {
    if (shutdown.begun) return;
    await shutdown.run();
    Deno.exit(0);
  });
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
