import postgres from "postgres";
import type { ExchangeSimulator } from "../../lib/exchange_simulator/mod.ts";
import { expectedCandles } from "../../tests/harness/expected_candles.ts";
import { compareWithTruth } from "../../tests/harness/truth_comparison.ts";

/** Where the simulator and its desk are reached. */
export interface LoadExchangeUrls {
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly controlUrl: string;
  readonly deskUrl: string;
}

/** By path: what a request's query is answered with, as JSON. */
export type DeskAnswers = Readonly<Record<string, (query: URLSearchParams) => unknown>>;

/**
 * Opens the desk of a bench's exchange: an HTTP interface for what only the exchange knows. Prints the URLs of both as
 * JSON. Every desk also answers `/compare?database=…&through=…`: how the candles in a database that end by then (epoch
 * seconds) compare with the trades. It is open as long as the process runs.
 */
export function openExchangeDesk(simulator: ExchangeSimulator, answers: DeskAnswers): void {
  const paths = new Map(Object.entries(answers));
  paths.set("/compare", (query) => withDatabase(query, (sql) => compare(simulator, sql, query)));
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const answer = paths.get(pathname);
      if (answer === undefined) return new Response(null, { status: 404 });
      return Response.json(await answer(searchParams) ?? {});
    },
  );
  const { wsUrl, restUrl, controlUrl } = simulator;
  const urls: LoadExchangeUrls = {
    wsUrl,
    restUrl,
    controlUrl,
    deskUrl: `http://127.0.0.1:${server.addr.port}`,
  };
  console.log(JSON.stringify(urls));
}

/** Reads the database that a query names. */
export async function withDatabase<T>(
  query: URLSearchParams,
  read: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres(query.get("database") ?? "", { max: 1, onnotice: () => {} });
  try {
    return await read(sql);
  } finally {
    await sql.end();
  }
}

function compare(simulator: ExchangeSimulator, sql: postgres.Sql, query: URLSearchParams) {
  const through = Number(query.get("through"));
  // Of a product without any trade there is nothing to be right about.
  const expected = expectedCandles(simulator, through)
    .filter(({ newestTradeId }) => newestTradeId > 0);
  return compareWithTruth(sql, expected, through);
}
