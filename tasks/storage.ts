/** `deno task storage`: prints the storage that candles take, in total and for each. */
import { ConfigError, readConfig } from "../lib/config.ts";
import { describeError } from "../lib/store/database_error.ts";
import type { StorageReport } from "../lib/store/storage_report.ts";
import { print } from "./print.ts";
import { openTaskStore } from "./task_store.ts";

/** Runs the command and answers with the process' exit code. */
export async function main(
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<number> {
  try {
    await using opened = await openTaskStore(readConfig(env), print);
    for (const line of describeStorage(await opened.store.storage())) print(line);
    return 0;
  } catch (error) {
    print(error instanceof ConfigError ? error.message : describeError(error));
    return 1;
  }
}

/** The report in lines. */
export function describeStorage(report: StorageReport): string[] {
  const { candles, bytes, indexBytes, hypertable, byGranularity } = report;
  const each = candles === 0 ? "" : `, ${Math.round(bytes / candles)} bytes per candle`;
  const lines = [
    `${candles} candles, ${megabytes(bytes)}${each} (indexes ${megabytes(indexBytes)})`,
    hypertable === null
      ? "an ordinary table: no TimescaleDB, so no compression"
      : `${hypertable.chunks} chunks, ${hypertable.compressedChunks} compressed; ` +
        (hypertable.licence === "timescale"
          ? "chunks are compressed when they are 30 days old"
          : "this TimescaleDB is Apache-licensed and cannot compress"),
  ];
  for (const { granularity, candles, oldest, newest } of byGranularity) {
    lines.push(`${granularity.padEnd(15)} ${`${candles}`.padStart(12)}  ${oldest} to ${newest}`);
  }
  return lines;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

if (import.meta.main) Deno.exit(await main(Deno.env.toObject(), print));
