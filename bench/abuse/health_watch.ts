/**
 * A worker that requests `/healthz` of a port ten times a second, each time over a new connection, and measures how
 * long the answer takes: on a separate thread, since the attackers keep theirs busy. Posted `{ port
 * }`, it begins again; posted `null`, it answers with the milliseconds so far and stops.
 */
import { exchange, requestOf, Tally } from "./exchanges.ts";

const EVERY_MS = 100;
/** What is not answered by then is counted with this. */
const TIMEOUT_MS = 10_000;
/** Probes come from an address that no attacker has. */
const PROBER = "192.0.2.1";

declare const self: {
  onmessage: (event: MessageEvent<{ readonly port: number } | null>) => void;
  postMessage(message: readonly number[]): void;
};

let times: number[] = [];
let timer: ReturnType<typeof setInterval> | undefined;

self.onmessage = ({ data }) => {
  clearInterval(timer);
  if (data === null) return self.postMessage(times);
  const own: number[] = times = [];
  timer = setInterval(() => void probe(data.port, own), EVERY_MS);
};

async function probe(port: number, into: number[]): Promise<void> {
  const beganMs = performance.now();
  const target = {
    port,
    tally: new Tally(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    oldestEvent: "",
  };
  const status = await exchange(target, requestOf("/healthz", { from: PROBER, close: true }));
  into.push(status === 200 ? performance.now() - beganMs : TIMEOUT_MS);
}
