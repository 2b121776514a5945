/** `deno task import:firestore`: the older server's candles into the database. See `--help`. */
import { parseArgs } from "node:util";
import { ConfigError, readConfig } from "../lib/config.ts";
import { emulatorToken, serviceAccountToken } from "../lib/firestore/access.ts";
import { type DocumentSource, firestoreSource } from "../lib/firestore/document_source.ts";
import { describeShapes, type ExportedSource, exportedSource } from "../lib/firestore/exported.ts";
import { importFirestore, type ImportReport, type ImportTarget } from "../lib/firestore/import.ts";
import { describeError } from "../lib/store/database_error.ts";
import { print } from "./print.ts";
import { openTaskStore } from "./task_store.ts";
import { UsageError } from "./usage_error.ts";
import { stopSignal } from "./stop_signal.ts";

const USAGE = `usage: deno task import:firestore --project P --credentials key.json [--dry-run]
       deno task import:firestore --project P --emulator-host localhost:8080 [--dry-run]
       deno task import:firestore --export FILE-OR-FOLDER [--at PATH] [--dry-run]
Brings the older server's candles into the database; --exchange names its exchange (coinbase). They never replace better ones.
--at names the document or collection an export was made, if not of the whole database.
Stop it at any time: the next run resumes. --dry-run reads everything and writes nothing.
It exits with 1 if nothing was found, or a file holds nothing that is read.`;

export interface ImportEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly stop: AbortSignal;
  /** Epoch seconds. */
  readonly now: () => number;
}

/** Runs the command and answers with the process' exit code: 0, 1 if it did not come to its end, 2 for a bad command. */
export async function main(args: readonly string[], outside: ImportEnvironment): Promise<number> {
  const { env, print, stop, now } = outside;
  if (args.includes("--help")) {
    print(USAGE);
    return 0;
  }
  try {
    const values = readValues(args);
    const source = await openSource(values, now);
    const config = readConfig(env);
    await using opened = values["dry-run"] ? null : await openTaskStore(config, print);
    const report = await importFirestore(source, targetOf(opened?.store ?? null), {
      exchange: values.exchange ?? "coinbase",
      nowSeconds: now(),
      stop,
      onPage: (collection, { found }) => print(`${found} candles so far: ${collection}`),
    });
    for (const line of describeImport(report, values["dry-run"] === true)) print(line);
    if ("strange" in source && source.strange > 0) {
      print(`skipped ${source.strange}: parts of the files that are no documents`);
    }
    if (stop.aborted) {
      print("stopped; the next run resumes from here");
      return 1;
    }
    const lacking = describeLack(report, source, values.exchange ?? "coinbase");
    for (const line of lacking) print(line);
    return lacking.length > 0 ? 1 : 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    print(isUsage ? `${error.message}\n${USAGE}` : describeError(error));
    return isUsage || error instanceof ConfigError ? 2 : 1;
  }
}

type Values = ReturnType<typeof readValues>;

function readValues(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    project: text,
    credentials: text,
    "emulator-host": text,
    export: text,
    at: text,
    exchange: text,
    "dry-run": { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function openSource(
  values: Values,
  now: () => number,
): Promise<DocumentSource | ExportedSource> {
  const { project, credentials, at, "emulator-host": host } = values;
  const given = [credentials, host, values.export].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new UsageError("give one of --credentials, --emulator-host and --export");
  }
  if (values.export !== undefined) return await exportedSource(values.export, { at });
  if (at !== undefined) throw new UsageError("--at is about an --export");
  if (project === undefined) throw new UsageError("--project is missing");
  if (host !== undefined) {
    return firestoreSource({ url: `http://${host}`, project, token: emulatorToken });
  }
  const token = serviceAccountToken(await Deno.readTextFile(credentials ?? ""), now);
  return firestoreSource({ url: "https://firestore.googleapis.com", project, token });
}

/** Without a store everything is counted as if it were new. */
function targetOf(store: Awaited<ReturnType<typeof openTaskStore>>["store"] | null): ImportTarget {
  if (store === null) {
    return { upsert: (candles) => Promise.resolve(candles.length), progress: null };
  }
  return { upsert: (candles) => store.candles.upsert(candles), progress: store.imports };
}

/** The report in lines. */
export function describeImport(report: ImportReport, isDryRun: boolean): string[] {
  const { found, written, finishedBefore, collections, skipped } = report;
  const lines = [...collections].map(([collection, count]) => `${collection}: ${count}`);
  if (finishedBefore > 0) lines.push(`${finishedBefore} collections were here already`);
  lines.push(
    isDryRun
      ? `${found} candles could be imported; nothing was written`
      : `${found} candles found, ${written} written, ${
        found - written
      } here already as good or better`,
  );
  for (const [reason, { count, example }] of skipped) {
    lines.push(`skipped ${count}: ${reason}, such as ${example}`);
  }
  return lines;
}

/** What was named and not found, with what to do; empty if there is nothing to report. */
function describeLack(
  { found, finishedBefore }: ImportReport,
  source: DocumentSource | ExportedSource,
  exchange: string,
): string[] {
  const isEmpty = found + finishedBefore === 0;
  const unread = "unread" in source ? source.unread : [];
  const lines = unread.map((file) => `${file} holds no document that is read here`);
  if (isEmpty) lines.push(`no candle was found below exchanges/${exchange}/products`);
  if (!("unread" in source) || lines.length === 0) return lines;
  if (isEmpty && source.example !== null) {
    lines.push(
      `there is ${source.example}: --at says of which document or collection the export was made,`,
      "such as --at exchanges/coinbase; --exchange which exchange to read",
    );
  }
  return [...lines, ...describeShapes()];
}

if (import.meta.main) {
  const code = await main(Deno.args, {
    env: Deno.env.toObject(),
    print,
    stop: stopSignal(),
    now: () => Math.floor(Date.now() / 1000),
  });
  Deno.exit(code);
}
