import { control, type ControlCommand, type Controlled } from "./control.ts";
import type { Truth, TruthRange } from "./truth.ts";

const ROWS_PER_CHUNK = 1000;

/**
 * The simulator's HTTP interface, to control it from another process:
 * - `POST /control`: one command, or an array of them, as JSON → 200 `{}`, 400 `{"error"}`
 * - `GET /control/stats`: counters, connection ids, exchange time
 * - `GET /control/truth?product=…&from=…&to=…`: trades as NDJSON; all products without `product`
 * - `GET /control/truth/candles?product=…&granularity=60&from=…&to=…`: JSON
 */
export async function answerControl(
  on: Controlled,
  truth: Truth,
  request: Request,
  url: URL,
): Promise<Response> {
  try {
    if (request.method === "POST") {
      const body: unknown = await request.json();
      for (const item of Array.isArray(body) ? body : [body]) control(on, command(item));
      return Response.json({});
    }
    if (url.pathname === "/control/stats") return Response.json(statsOf(on));
    if (url.pathname === "/control/truth") return truthStream(truth, url.searchParams);
    if (url.pathname === "/control/truth/candles") {
      return Response.json(truthCandles(truth, url.searchParams));
    }
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 400 });
  }
  return Response.json({ error: "not found" }, { status: 404 });
}

function command(value: unknown): ControlCommand {
  if (isCommand(value)) return value;
  throw new RangeError("a command is an object with a `command`");
}

/** Only the name is checked: `control` refuses what it cannot carry out. */
function isCommand(value: unknown): value is ControlCommand {
  return typeof value === "object" && value !== null && "command" in value;
}

function statsOf({ stats, feed, exchange, clock }: Controlled) {
  return {
    ...stats,
    connections: [...feed.connections].map(({ id, subscriptions }) => ({
      id,
      products: [...subscriptions.get("market_trades") ?? []],
    })),
    tradesMade: exchange.tradesMade,
    nowMs: clock.nowMicros() / 1000,
  };
}

function range(query: URLSearchParams): TruthRange {
  const from = query.get("from");
  const to = query.get("to");
  return {
    from: from === null ? undefined : Number(from),
    to: to === null ? undefined : Number(to),
  };
}

function truthStream(truth: Truth, query: URLSearchParams): Response {
  const products = query.getAll("product");
  const rows = truth.rows(products.length > 0 ? products : undefined, range(query));
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      let text = "";
      for (let i = 0; i < ROWS_PER_CHUNK; i++) {
        const { value, done } = rows.next();
        if (done) {
          if (text) controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        const [product_id, trade_id, price, size, side, time] = value;
        text += JSON.stringify({ product_id, trade_id, price, size, side, time }) + "\n";
      }
      controller.enqueue(encoder.encode(text));
    },
  });
  return new Response(stream, { headers: { "content-type": "application/x-ndjson" } });
}

function truthCandles(truth: Truth, query: URLSearchParams) {
  const { from = 0, to = Infinity } = range(query);
  const granularity = Number(query.get("granularity") ?? 60);
  return truth.candles(query.get("product") ?? "", granularity, from, to);
}
