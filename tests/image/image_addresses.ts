import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { routePatterns } from "../route_patterns.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Something for each parameter of a route's path. */
const PARAMETERS: Readonly<Record<string, string>> = {
  product: "BTC-USD",
  id: "BTC-USD",
  path: "nowhere",
};

const CANDLES = "product=BTC-USD&granularity=1m";
/** The queries of routes that need one. */
const QUERIES: Readonly<Record<string, string>> = {
  "/api/candles": CANDLES,
  "/api/candles.csv": CANDLES,
  "/api/candles.ndjson": CANDLES,
  "/api/candles.parquet": CANDLES,
  "/history": "symbol=BTC-USD&granularity=1m",
  "/udf/history": "symbol=BTC-USD&resolution=1&countback=3",
  "/udf/symbols": "symbol=BTC-USD",
  "/stream": "products=BTC-USD&granularities=1m",
  "/stream/chart": CANDLES,
  "/products/:product/past": "granularity=1m",
};

/**
 * The addresses of every file that is served unchanged: those in `static` and those that the build
 * in a tree made.
 */
export async function staticAddresses(treeRoot: string): Promise<string[]> {
  const files = await filesBelow(join(ROOT, "static"));
  const server = await Deno.readTextFile(join(treeRoot, "app/_fresh/server.js"));
  const built = Array.from(
    server.matchAll(/^ {2}\["(\/[^"]+)", \{"file"/gm),
    ([, path = ""]) => path,
  );
  return [...new Set([...files.map((path) => `/${path}`), ...built])].sort();
}

/** The addresses of every file in `routes`, with parameters filled in: without a query, and with one where it has one. */
export async function routeAddresses(): Promise<string[]> {
  const patterns = await routePatterns(join(ROOT, "routes"));
  return patterns.toSorted().flatMap((pattern) => {
    const path = pattern.replace(/:(\w+)\*?/g, (_, name) => {
      const value = PARAMETERS[name];
      if (value === undefined) {
        throw new Error(`name an example of "${name}" in ${import.meta.url}`);
      }
      return value;
    });
    const query = QUERIES[pattern];
    return query === undefined ? [path] : [path, `${path}?${query}`];
  });
}

async function filesBelow(folder: string, base = folder): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const nested = await Promise.all(entries.map(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? filesBelow(path, base) : [relative(base, path)];
  }));
  return nested.flat();
}
