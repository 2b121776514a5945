/**
 * Measures what repair costs against the fewest requests possible: `deno run -A
 * bench/repair/repair.ts [--json] [--products=500] [--rate=500] [--rps=8] [--speed=2]
 * [--timeout=400] [--only=first|past|starts]`. The app starts with an empty database, proves the
 * day before, is killed and stays away for 20 s, then for ten minutes. The exchange's clock runs
 * `speed` times as fast as ours and the app may make as many more requests, so that `rps` and all
 * seconds are the exchange's; the app's own pauses are ours, and so count `speed` times. Takes
 * about ten minutes.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Comparison } from "../../tests/harness/truth_comparison.ts";
import { pause, until } from "../../tests/harness/wait.ts";
import { LoadStand } from "../load/stand.ts";
import type { Look, StretchLook } from "./desk.ts";
import { type PastFigures, type PhaseFigures, type Reached, repairTable } from "./figures.ts";

const LOOK_EVERY_MS = 500;
/** A kill just before a minute ends leaves two minutes to be repaired. */
const KILL_AT_SECOND = 50;
const DAY = 86_400;
const MARGIN_SECONDS = 300;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    json: { type: "boolean", default: false },
    products: { type: "string", default: "500" },
    rate: { type: "string", default: "500" },
    rps: { type: "string", default: "8" },
    speed: { type: "string", default: "2" },
    timeout: { type: "string", default: "400" },
    only: { type: "string", default: "" },
  },
});
const speed = Number(values.speed);
const requestsPerSecond = Number(values.rps);
const timeoutSeconds = Number(values.timeout);

const about = {
  products: Number(values.products),
  tradesPerSecond: Number(values.rate),
  requestsPerSecond,
  speed,
};
const stand = await LoadStand.open(about, join(import.meta.dirname ?? ".", "exchange.ts"));
try {
  const phases: PhaseFigures[] = [await measureStart("first start", async () => {})];
  // In the same run: when all that is live is whole, only the past is left to repair.
  const past = values.only === "first" || values.only === "starts" ? null : await measurePast();
  if (values.only === "" || values.only === "starts") {
    phases.push(await measureStart("20 s away", () => pause(20_000 / speed)));
    phases.push(
      await measureStart("10 min away", () => stand.control({ command: "advance", ms: 600_000 })),
    );
  }
  const through = Math.floor((await exchangeSeconds()) / 60 - 1) * 60;
  const exactness: Comparison = await request(
    `compare?${new URLSearchParams({ database: stand.databaseUrl, through: `${through}` })}`,
  );
  for (const difference of exactness.differences) console.error(`  ${difference}`);
  const figures = { ...about, phases, past, exactness };
  console.log(values.json ? JSON.stringify(figures) : repairTable(figures));
} catch (error) {
  console.error(stand.app?.lines.slice(-20).join("\n"));
  throw error;
} finally {
  await stand.close();
}

/** Kills the app if there is one, stays away for as long as `away` takes, and starts it. */
async function measureStart(name: string, away: () => Promise<void>): Promise<PhaseFigures> {
  const { look: began, from } = await startApp(away);
  const wholeAfter: Record<string, Reached | null> = {};
  const isAway = from !== null;
  let minutesAfter: Reached | null = null;
  let look = began;
  const minute = Math.floor((began.feedAt ?? 0) / 60) * 60;
  const end = minute + 60;
  for (;;) {
    look = await request("look");
    const reached = { seconds: look.sinceFeed, pages: look.requests.pages };
    for (const [granularity, { whole, of }] of Object.entries(look.live)) {
      wholeAfter[granularity] ??= whole === of ? reached : null;
    }
    if (minutesAfter === null && (look.feedAt ?? 0) + look.sinceFeed > end + 5) {
      const { exact, minutes } = await stretch(from ?? minute, end);
      if (exact === minutes) minutesAfter = reached;
    }
    const isWhole = Object.values(wholeAfter).every((reached) => reached !== null);
    if (isWhole && minutesAfter !== null) break;
    if (look.sinceFeed > timeoutSeconds) break;
    await pause(LOOK_EVERY_MS);
  }
  const all = [...Object.values(wholeAfter), ...(isAway ? [minutesAfter] : [])];
  const seconds = all.reduce<number | null>(
    (latest, one) => latest === null || one === null ? null : Math.max(latest, one.seconds),
    0,
  );
  console.error(`  ${name}: ${JSON.stringify({ ...look, wholeAfter, minutesAfter })}`);
  return {
    name,
    awaySeconds: isAway ? look.away : 0,
    fewestPages: look.fewestPages,
    requests: look.requests,
    wholeAfter,
    whole: look.live,
    minutesAfter,
    minutesEnd: end - (began.feedAt ?? 0),
    seconds,
    timeoutSeconds,
  };
}

/** Lets the app that was started first prove the day before. */
async function measurePast(): Promise<PastFigures> {
  const began: Look = await request("look");
  const to = Math.floor((began.feedAt ?? 0) / DAY) * DAY;
  // The beginning of the day's first minutes is proven only by trades before them.
  const from = to - DAY + MARGIN_SECONDS;
  const untilSeconds = began.sinceFeed + 2 * timeoutSeconds;
  for (;;) {
    const { sinceFeed, requests }: Look = await request("look");
    const { minutes, exact, fewestPages } = await stretch(from, to);
    const isOver = exact === minutes;
    if (isOver || sinceFeed > (exact === 0 ? untilSeconds - timeoutSeconds : untilSeconds)) {
      return {
        minutes,
        exact,
        fewestPages: began.fewestPages + fewestPages,
        fewestPast: fewestPages,
        requests,
        seconds: isOver ? sinceFeed : null,
        timeoutSeconds: sinceFeed,
      };
    }
    await pause(4 * LOOK_EVERY_MS);
  }
}

async function startApp(
  away: () => Promise<void>,
): Promise<{ readonly look: Look; readonly from: number | null }> {
  const ran = stand.app !== null;
  if (ran) {
    await until("the end of a minute", async () => {
      const second = await exchangeSeconds() % 60;
      return second >= KILL_AT_SECOND && second < KILL_AT_SECOND + 5;
    }, { timeoutMs: 70_000 });
    await stand.app?.kill();
    // Frames still in transit to it must not count for the next one.
    await pause(LOOK_EVERY_MS);
  }
  const from = ran ? Math.floor(await exchangeSeconds() / 60) * 60 : null;
  const query = new URLSearchParams({ app: `http://127.0.0.1:${stand.port}`, ran: `${ran}` });
  await request(`begin?${query}`, "POST");
  await away();
  await stand.startApp({
    COINBASE_REST_RPS: `${requestsPerSecond * speed}`,
    // The bench needs few live candles: fewer of them leave the exchange's core to the exchange.
    LIVE_INTERVAL_MS: "1000",
    MAX_REQUESTS_PER_IP: "0",
    EXACT_DAYS: "1",
  }, { core: undefined });
  const look = await until("the feed", async () => {
    const look: Look = await request("look");
    return look.feedAt !== null && look;
  });
  return { look, from };
}

function stretch(from: number, to: number): Promise<StretchLook> {
  return request(
    `stretch?${new URLSearchParams({ database: stand.databaseUrl, from: `${from}`, to: `${to}` })}`,
  );
}

/** The exchange's time, epoch seconds. */
async function exchangeSeconds(): Promise<number> {
  return (await (await fetch(`${stand.urls.controlUrl}/stats`)).json()).nowMs / 1000;
}

async function request<T>(path: string, method = "GET"): Promise<T> {
  return await (await fetch(`${stand.urls.deskUrl}/${path}`, { method })).json();
}
