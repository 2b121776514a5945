/** `deno task probe`: are the assumptions about the exchange true? See `--help`. */
import { formatDecimal } from "../lib/candles/decimal.ts";
import { ConfigError, readConfig } from "../lib/config.ts";
import type { Finding } from "../lib/probe/assumption.ts";
import { checkAll } from "../lib/probe/assumptions.ts";
import { probe, ProbeError } from "../lib/probe/probe.ts";
import type { Recording } from "../lib/probe/recording.ts";
import { readRecording, RecordingError, writeRecording } from "../lib/probe/recording_file.ts";
import { type Replay, replay } from "../lib/probe/replay.ts";
import { tableOf } from "../lib/probe/table.ts";
import { type ProbeRequest, readProbeRequest, USAGE } from "./probe_options.ts";
import { print } from "./print.ts";
import { UsageError } from "./usage_error.ts";
import { stopSignal } from "./stop_signal.ts";

export interface ProbeEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  /** Ends the probe early; what was seen is checked and written. */
  readonly stop: AbortSignal;
  readonly now: () => Date;
}

/** Runs the command and answers with the process' exit code, which `USAGE` explains. */
export async function main(args: readonly string[], outside: ProbeEnvironment): Promise<number> {
  const { print } = outside;
  if (args.includes("--help")) {
    print(USAGE);
    return 0;
  }
  try {
    const request = readProbeRequest(args, outside.now());
    return request.kind === "replay"
      ? await showReplay(request.file, print)
      : await showProbe(request, outside);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      print(error instanceof UsageError ? `${error.message}\n${USAGE}` : error.message);
      return 2;
    }
    const isExpected = error instanceof ProbeError || error instanceof RecordingError;
    if (!isExpected && !isOfFile(error)) throw error;
    print(error.message);
    return 4;
  }
}

async function showProbe(
  { products, seconds, out }: Extract<ProbeRequest, { kind: "probe" }>,
  { env, print, stop }: ProbeEnvironment,
): Promise<number> {
  const config = readConfig(env);
  await requireWritable(out);
  const recording = await probe({
    wsUrl: config.coinbaseWsUrl,
    restUrl: config.coinbaseRestUrl.replace(/\/+$/, ""),
    requestsPerSecond: config.coinbaseRestRps,
    products,
    seconds,
    signal: stop,
    report: print,
  });
  await writeRecording(out, recording);
  const code = show(recording, print);
  print(`recorded in ${out}; deno task probe --replay ${out} checks it again, offline`);
  return code;
}

/** Checks before the probe that the file is writable, without changing it. */
async function requireWritable(file: string): Promise<void> {
  const isThere = await Deno.stat(file).then(() => true, () => false);
  await Deno.writeTextFile(file, "", { append: true });
  if (!isThere) await Deno.remove(file);
}

async function showReplay(file: string, print: (line: string) => void): Promise<number> {
  const recording = await readRecording(file);
  const code = show(recording, print);
  const outcome = await replay(recording);
  for (const line of replayLines(outcome)) print(line);
  return outcome.different.length > 0 ? 1 : code;
}

function show(recording: Recording, print: (line: string) => void): number {
  const findings = checkAll(recording);
  for (const line of tableOf(findings)) print(line);
  if (recording.full) print("the recording was full before the end: what came later is not in it");
  return codeOf(findings);
}

function codeOf(findings: readonly Finding[]): number {
  if (findings.some(({ verdict }) => verdict === "contradicted")) return 1;
  return findings.some(({ verdict }) => verdict === "not seen") ? 3 : 0;
}

function replayLines(outcome: Replay): readonly string[] {
  const { streamed, listed, closed, exact, gaps, compared, different } = outcome;
  const counts = (map: ReadonlyMap<string, number>) =>
    [...map].map(([name, count]) => `${name} ${count}`).join(", ") || "none";
  return [
    "",
    `through the product: ${streamed} trades streamed, ${listed} listed; not understood: ${
      counts(outcome.dropped)
    }; lost messages: ${counts(outcome.losses)}; open gaps: ${gaps}`,
    `${closed} closed candles, ${exact} exact; ${compared} compared with the exchange's, ${different.length} different`,
    ...different.slice(0, 5).map(({ ours, exchanges }) =>
      `  ${ours.productId} ${ours.granularity} ${ours.start}: ours ${
        values(ours)
      }, the exchange's ${values(exchanges)}`
    ),
  ];
}

function values(candle: Replay["different"][number]["exchanges"]): string {
  const { open, high, low, close, volume } = candle;
  return [open, high, low, close, volume].map(formatDecimal).join(" ");
}

/** No such file, no permission, a folder, a full disk. */
function isOfFile(error: unknown): error is Error {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.IsADirectory || error instanceof Deno.errors.NotADirectory ||
    (error instanceof Error && "code" in error && typeof error.code === "string");
}

if (import.meta.main) {
  Deno.exit(
    await main(Deno.args, {
      env: Deno.env.toObject(),
      print,
      stop: stopSignal(),
      now: () => new Date(),
    }),
  );
}
