import { fileURLToPath } from "node:url";

const DEMO = fileURLToPath(new URL("../../tasks/demo.ts", import.meta.url));
/** A first start fetches servers; a machine that is busy as well takes this long. */
const START_MS = 180_000;
const POLL_MS = 250;
/**
 * The address of a demo that `tasks/test.ts` started for all files that look at pages and change nothing on the server:
 * building the past of one for each file takes longer than looking.
 */
export const SHARED_URL = "TEST_SITE_URL";
/** Of the past as little as pages need to show all that they can: a demo's usual week keeps a core busy for minutes. */
const SITE_ENV: Readonly<Record<string, string>> = {
  BACKFILL_DAYS: "1",
  EXACT_DAYS: "1",
  // Pages of other origins embed charts.
  CORS_ORIGINS: "*",
  // Several files' browsers have one address.
  MAX_REQUESTS_PER_IP: "0",
};

/** The whole app on its simulated exchange, in a separate process and folder. */
export interface DemoApp {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly process: Deno.ChildProcess;
  /** Ends it, as an operator would, and removes its folder. */
  close(): Promise<void>;
}

/** Starts the demo and waits until it is ready and has history to show. Rejects, with its output, if it cannot. */
export async function startDemoApp(
  env: Readonly<Record<string, string>> = {},
): Promise<DemoApp> {
  const app = await startNewDemoApp(env);
  const { url } = app;
  // The backfill continues after the app is ready; pages are tested when there is something to see.
  await untilCount(`${url}/api/candles?product=BTC-USD&granularity=5m`, /"timestamp"/g, 200);
  await untilCount(`${url}/api/candles?product=BTC-USD&granularity=1m`, /"timestamp"/g, 200);
  await untilCount(`${url}/`, /<path d="M0 /g, 10);
  return app;
}

/** The demo that pages are looked at in. Whoever starts it closes it. */
export function startSiteApp(): Promise<DemoApp> {
  return startDemoApp(SITE_ENV);
}

/** Starts the demo and waits until it is ready, in the first moments of its very first start. */
export async function startNewDemoApp(
  env: Readonly<Record<string, string>> = {},
): Promise<DemoApp> {
  const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-pages-" });
  const { url, process, stop } = await launch(dataDir, env);
  return {
    url,
    process,
    async close() {
      await stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

interface Running {
  readonly url: string;
  readonly process: Deno.ChildProcess;
  stop(): Promise<void>;
}

async function launch(
  dataDir: string,
  own: Readonly<Record<string, string>>,
): Promise<Running> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", DEMO],
    env: {
      DATA_DIR: dataDir,
      PORT: "0",
      HOST: "127.0.0.1",
      DEMO_TRADES_PER_SECOND: "60",
      ...own,
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output: string[] = [];
  const read = Promise.all([collect(child.stdout, output), collect(child.stderr, output)]);
  let ended = false;
  const gone = child.status.then(() => {
    ended = true;
  });
  const stop = async () => {
    if (!ended) child.kill("SIGTERM");
    await gone;
    await read;
  };
  const givenUpAtMs = performance.now() + START_MS;
  while (!ended && performance.now() < givenUpAtMs) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(listening(output))?.[0];
    if (url !== undefined && await isReady(url)) return { url, process: child, stop };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await stop();
  throw new Error(`the demo did not become ready:\n${output.join("").slice(-4000)}`);
}

/** The line with the address on which the app listens; other lines name other addresses. */
function listening(output: readonly string[]): string {
  return output.join("").split("\n").find((line) => line.includes("listens on")) ?? "";
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(`${url}/readyz`).then(async (answer) => {
    await answer.body?.cancel();
    return answer.ok;
  }, () => false);
}

/** Waits until the answer of a URL has `count` matches. */
async function untilCount(url: string, what: RegExp, count: number): Promise<void> {
  const givenUpAtMs = performance.now() + START_MS;
  let found = 0;
  while (performance.now() < givenUpAtMs) {
    const answer = await fetch(url);
    found = (await answer.text()).match(what)?.length ?? 0;
    if (found >= count) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`${url} has ${found} of ${what} after ${START_MS / 1000} s, not ${count}`);
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) into.push(decoder.decode(chunk, { stream: true }));
}
