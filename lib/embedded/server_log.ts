/**
 * Starts a new log of a server, keeping that of the start before it as `{path}.old`. Returns a
 * function that finds the line with the reason why the server did not start.
 */
export async function startLog(path: string): Promise<() => Promise<string>> {
  await Deno.rename(path, `${path}.old`).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return async () => {
    const lines = (await Deno.readTextFile(path).catch(() => "")).trim().split("\n");
    const bad = lines.find((line) => /\b(FATAL|PANIC)\b|\[FTL\]/.test(line)) ?? lines.at(-1);
    return bad?.replace(/^.*?(FATAL|PANIC|\[FTL\]):?\s*/, "") || "it printed nothing";
  };
}
