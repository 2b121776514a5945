import { join } from "node:path";
import { startEmbedded } from "../lib/embedded/mod.ts";
import { ensureChromium } from "../tests/browser/chromium.ts";
import { type DemoApp, SHARED_URL, startSiteApp } from "../tests/browser/demo_app.ts";
import { ensurePostgres } from "../tests/postgres/debian_postgres.ts";
import { ensurePgBouncer } from "../tests/postgres/pgbouncer.ts";
import { ensureProxy } from "../tests/proxy/shipped_proxy.ts";
import { ensureSystemd } from "../tests/systemd/systemd_analyze.ts";
import { buildIfStale } from "./build_if_stale.ts";
import { frozenWhenCi, runDeno, track, untrack } from "./deno_command.ts";
import { print } from "./print.ts";
import { makeTestDirectory } from "./test_directory.ts";
import { findTestFiles } from "./test_files.ts";
import { groupTestFiles } from "./test_groups.ts";
import {
  addCounts,
  readCounts,
  readFailures,
  summaryLine,
  type TestCounts,
} from "./test_summary.ts";

// `deno task test [paths] [options of deno test]`: without paths, all tests but the long fault runs.
// The last line is the summary that CI reads; the exit code is 0 only if tests ran and none failed.

const ROOT = join(import.meta.dirname ?? ".", "..");
/** Where every test finds the servers' programs. */
const BIN_DIR = join(ROOT, ".data", "bin");
/** Gives every test a deadline. */
const DEADLINE = join(ROOT, "tests", "harness", "deadline.ts");
/** Longer than any test file takes; parallel files print only at their end. */
const SILENCE_MS = 5 * 60 * 1000;
/** Files or groups of rooms' own tests at a time: each waits about half of its time. */
const ROOM_JOBS = "4";
/** Rooms whose files are not run together: they wait so long that several have to at a time, or are about processes. */
const ALONE = [
  "fresh/",
  "lib/backup/",
  "lib/bus/",
  "lib/embedded/",
  "lib/probe/",
  "lib/repair/",
  "tasks/",
];
/** Files of all other tests at a time that keep a core busy: more would not keep their deadlines. */
const LANES = 2;
/** Files at a time of `WAITING`, beside all others: each takes a third of a core. One lane then takes others. */
const WAITING_LANES = 3;
/** Files that mostly wait, since minutes or outages have to pass in them; the slowest first. */
const WAITING = [
  "tests/browser/whole_history_test.ts",
  "tests/exact_past_test.ts",
  "tests/main_job_test.ts",
  "tests/chaos_test.ts",
  "tests/webhooks_test.ts",
  "tests/browser/alerts_test.ts",
  "tests/browser/stream_test.ts",
  "tests/image/image_test.ts",
  "tests/adapter_restart_test.ts",
  "tests/exchange_refusal_test.ts",
  "tests/browser/away_test.ts",
  "tests/own_authority_test.ts",
  "tests/feed_refusal_test.ts",
];
/** The slowest of the others, and of the rooms' own, the slowest last. */
const SLOW = [
  "tasks/",
  "lib/api/",
  "lib/stream/",
  "lib/exchange_simulator/",
  "lib/store/",
  "lib/repair/",
  "lib/bus/",
  "lib/backup/",
  "lib/embedded/",
  "lib/probe/",
  "tests/openapi/",
  "tests/history_api_test.ts",
  "tests/postgres/",
  "tests/proxy/",
  "tests/workers/",
  "tests/image/",
  "tests/browser/",
  "tests/browser/memory_test.ts",
  "tests/browser/quality_test.ts",
];
const NONE: TestCounts = { passed: 0, failed: 0, skipped: 0 };
const UTF8 = new TextEncoder();
/** Failures, shown again at the end of the log. */
const failures: string[] = [];

async function main(args: readonly string[]): Promise<number> {
  const named = args.filter(isThere);
  const options = args.filter((arg) => !named.includes(arg));
  using directory = await makeTestDirectory();
  if (directory !== null) Deno.env.set("TMPDIR", directory.path);
  const counts = named.length > 0
    ? await testSome(await findTestFiles(named), options)
    : await testAll(options);
  if (counts.passed + counts.failed === 0) print("No tests found.");
  // A run of named files has just shown its own.
  if (named.length === 0) failures.forEach((each) => print(`\n${each}`));
  print(`\n${summaryLine(counts)}`);
  return counts.passed > 0 && counts.failed === 0 ? 0 : 1;
}

/** Runs named tests, which fetch what they need themselves, except for the built pages. */
async function testSome(
  files: readonly string[],
  options: readonly string[],
): Promise<TestCounts> {
  const needPages = files.some(isMeeting);
  const prepared = needPages ? [await step("pages", () => buildIfStale(print))] : [];
  return [...prepared, await denoTest(files, options)].reduce(addCounts);
}

async function testAll(options: readonly string[]): Promise<TestCounts> {
  const files = await findTestFiles(["."]);
  // One after the other, since apt, npm and initdb each use all cores.
  const prepared = [
    await step("servers", prepareServers),
    await step("other people's servers", async () => {
      await ensurePostgres(print);
      await ensurePgBouncer(print);
      await ensureProxy("caddy", print);
      await ensureProxy("nginx", print);
      await ensureSystemd(print);
    }),
    await step("browser", async () => Deno.env.set("CHROMIUM_PATH", await ensureChromium(print))),
    await step("pages", () => buildIfStale(print)),
  ];
  const meetings = files.filter(isMeeting);
  const rooms = slowestFirst(files.filter((path) => !isMeeting(path)));
  const waiting = WAITING.filter((path) => meetings.includes(path)).values();
  const busy = slowestFirst(meetings.filter((path) => !WAITING.includes(path))).values();
  const site = Promise.withResolvers<void>();
  const besides = async function* () {
    await site.promise;
    yield* busy;
  };
  const beside = Promise.all([
    testInLanes(WAITING_LANES - 1, [waiting], options),
    // When no more of them wait there is room for another busy one.
    testInLanes(1, [waiting, besides()], options),
  ]);
  const first = await testRooms(rooms, options);
  const counts = await withSite(async () => {
    site.resolve();
    const lanes = await testInLanes(LANES, [busy, waiting], options);
    return [first, ...lanes, ...(await beside).flat()];
  });
  return [...prepared, ...counts].reduce(addCounts);
}

async function testRooms(files: readonly string[], options: readonly string[]) {
  const directory = await Deno.makeTempDir({ prefix: "spot-canvas-groups-" });
  try {
    const modules = await groupTestFiles(files, roomOf, directory);
    return await denoTest(modules, ["--parallel", ...options], wholeLines());
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The room whose files run together with this one; null if it runs alone. */
function roomOf(path: string): string | null {
  if (ALONE.some((room) => path.startsWith(room))) return null;
  return path.split("/").slice(0, -1).slice(0, path.startsWith("lib/") ? 2 : 1).join("/");
}

/** Runs tests beside the demo that all those look at that change nothing on the server. */
async function withSite(run: () => Promise<readonly TestCounts[]>): Promise<readonly TestCounts[]> {
  let site: DemoApp | null = null;
  const started = await step("site", async () => {
    site = await startSiteApp();
    track(site.process);
    Deno.env.set(SHARED_URL, site.url);
  });
  const counts = await run();
  const ended = await step("site's end", async () => {
    if (site === null) return;
    await site.close();
    untrack(site.process);
  });
  return [started, ...counts, ended];
}

/** Runs some test files at a time, of the first list and then of the next. */
async function testInLanes(
  lanes: number,
  lists: readonly (Iterable<string> | AsyncIterable<string>)[],
  options: readonly string[],
): Promise<readonly TestCounts[]> {
  const lane = async () => {
    const counts: TestCounts[] = [];
    for (const files of lists) counts.push(...await testEach(files, options));
    return counts;
  };
  return (await Promise.all(Array.from({ length: lanes }, lane))).flat();
}

/** Runs one file after the other, each taken by one lane alone; its output is printed when it is over. */
async function testEach(
  files: Iterable<string> | AsyncIterable<string>,
  options: readonly string[],
): Promise<readonly TestCounts[]> {
  const counts: TestCounts[] = [];
  for await (const file of files) {
    const held: string[] = [];
    counts.push(await denoTest([file], options, (text) => void held.push(text)));
    held.forEach(writeAll);
  }
  return counts;
}

/** Prints lines as they become whole, so that another file's output is never within one. */
function wholeLines(): (text: string) => void {
  let rest = "";
  return (text) => {
    const end = text.lastIndexOf("\n") + 1;
    if (end > 0) writeAll(rest + text.slice(0, end));
    rest = end > 0 ? text.slice(end) : rest + text;
  };
}

/** Whether a test file is about several rooms together. */
function isMeeting(path: string): boolean {
  return path.startsWith("tests/");
}

/** The slow ones first, so that at the end no lane is busy alone for long. */
function slowestFirst(files: readonly string[]): readonly string[] {
  const place = (path: string) => SLOW.findLastIndex((slow) => path.startsWith(slow));
  return files.toSorted((a, b) => place(b) - place(a));
}

/** Runs a step, whose failure counts as a failed test; tests that do not need it still run. */
async function step(name: string, work: () => Promise<unknown>): Promise<TestCounts> {
  const startedMs = performance.now();
  try {
    await work();
    print(`${name} ready (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
    return NONE;
  } catch (error) {
    print(`${name} FAILED: ${error instanceof Error ? error.message : error}`);
    return { ...NONE, failed: 1 };
  }
}

/** Starts the servers once: what they need is then fetched, and no test waits for a download. */
async function prepareServers(): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "spot-canvas-test-" });
  try {
    const embedded = await startEmbedded({
      dataDir,
      binDir: BIN_DIR,
      needPostgres: true,
      needNats: true,
      progress: print,
    });
    await embedded.close();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function denoTest(
  files: readonly string[],
  options: readonly string[],
  write: (text: string) => void = writeAll,
): Promise<TestCounts> {
  if (files.length === 0) return NONE;
  let output = "";
  // `deno task ok` checks the types.
  const args = ["test", "-A", "--no-check", "--preload", DEADLINE, ...frozenWhenCi()];
  const exitCode = await runDeno([...args, ...options, ...files], {
    env: { DENO_JOBS: ROOM_JOBS, ...Deno.stdout.isTerminal() ? { FORCE_COLOR: "1" } : {} },
    silenceMs: SILENCE_MS,
    onOutput(text) {
      output += text;
      write(text);
    },
  });
  if (exitCode === 137) {
    print(`\nKilled, perhaps for printing nothing in ${SILENCE_MS / 60_000} minutes.`);
  }
  const failure = readFailures(output, exitCode);
  if (failure !== null) failures.push(failure);
  return readCounts(output, exitCode);
}

function writeAll(text: string): void {
  let bytes = UTF8.encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

// `deno test` alone takes this file for a test: it must not run then.
if (import.meta.main) {
  Deno.chdir(ROOT);
  Deno.exit(await main(Deno.args));
}
