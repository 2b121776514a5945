/** A server's log of this start. */
export interface ServerLog {
  readonly path: string;
  /** The line that says why it did not start. */
  complaint(): Promise<string>;
}

/** Starts a new log, keeping the one of the start before it as `{path}.old`. */
export async function startLog(path: string): Promise<ServerLog> {
  await Deno.rename(path, `${path}.old`).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return {
    path,
    async complaint() {
      const lines = (await Deno.readTextFile(path).catch(() => "")).trim().split("\n");
      const bad = lines.find((line) => /\b(FATAL|PANIC)\b|\[FTL\]/.test(line)) ?? lines.at(-1);
      return bad?.replace(/^.*?(FATAL|PANIC|\[FTL\]):?\s*/, "") || "it said nothing";
    },
  };
}
