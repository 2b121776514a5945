/// <reference lib="deno.worker" />
/**
 * The simulator in a separate Worker, so that it does not share an event loop with the app:
 *
 *     const worker = new Worker(new URL("…/worker.ts", import.meta.url), { type: "module" });
 *     worker.postMessage(options); // SimulatorOptions without `clock.now`
 *     // ← { wsUrl, restUrl, controlUrl, port } when ready, { error } if it could not start
 *     worker.postMessage({ command: "close" }); // ← { closed: true }; or just terminate()
 *
 * Everything else goes over its control URL.
 */
import { type ExchangeSimulator, type SimulatorOptions, startExchangeSimulator } from "./mod.ts";

let simulator: ExchangeSimulator | null = null;

self.addEventListener("message", async (event: MessageEvent<SimulatorOptions | Close>) => {
  if ("command" in event.data) {
    await simulator?.close();
    self.postMessage({ closed: true });
    return;
  }
  try {
    simulator = await startExchangeSimulator({ retainHours: 24, ...event.data });
    const { wsUrl, restUrl, controlUrl, port } = simulator;
    self.postMessage({ wsUrl, restUrl, controlUrl, port });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
});

interface Close {
  readonly command: "close";
}
