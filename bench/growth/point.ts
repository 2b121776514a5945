/**
 * One point of a curve of `bench/growth/growth.ts`, in a separate process: `deno run -A
 * bench/growth/point.ts KIND SIZE …`. Prints its figures as JSON.
 */
/** Of all products together, trades a second. */
const TOTAL_RATE = 2_000;

const [kind, size = "", ...rest] = Deno.args;
const print = (value: unknown) =>
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(value)));
// Imported here, so that none of the others' code is in a point's memory.
if (kind === "products" || kind === "total") {
  const { measurePipeline } = await import("./pipeline.ts");
  const perSecond = kind === "products" ? 1 : TOTAL_RATE / Number(size);
  print(await measurePipeline(Number(size), perSecond, Number(rest[0])));
} else if (kind === "keys") {
  const { measureKeys } = await import("./keys.ts");
  print(await measureKeys(size === "all" ? size : Number(size)));
} else if (kind === "page") {
  const { measurePage } = await import("./pages.ts");
  print(await measurePage(rest[0] ?? "/", Number(size)));
} else throw new RangeError(`no such curve: ${kind}`);
Deno.exit(0);
