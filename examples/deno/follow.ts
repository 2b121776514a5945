// Prints the last hour of a product, then its candles as they change, without a hole between the two. Beside this file:
// the server's client and its types,
//   curl -O http://localhost:8000/client.js -O http://localhost:8000/client.d.ts
// deno run --allow-net follow.ts [http://localhost:8000]
// @ts-types="./client.d.ts"
import { type Candle, followCandles } from "./client.js";

const server = Deno.args[0] ?? "http://localhost:8000";
const minutes = new Map<number, Candle>();

// The stream begins first: what closes while the history is read is in one of the two.
followCandles({
  server,
  products: ["BTC-USD"],
  granularities: ["ONE_MINUTE"],
  onCandle: take,
  onReset: () => void readHistory(),
});
await readHistory();

async function readHistory(): Promise<void> {
  const query = "product=BTC-USD&granularity=ONE_MINUTE&limit=60";
  const response = await fetch(`${server}/api/candles?${query}`);
  if (!response.ok) throw new Error(`${server} answered ${response.status}`);
  const { candles }: { candles: Candle[] } = await response.json();
  candles.forEach(take);
  console.log(`${candles.length} minutes of history`);
}

/** Of one candle a state replaces another if it is not lower by completeness, exactness and revision. */
function take(candle: Candle): void {
  const known = minutes.get(candle.timestamp);
  if (known !== undefined && rank(candle) < rank(known)) return;
  minutes.set(candle.timestamp, candle);
  const { timestamp, open, high, low, close, trades } = candle;
  console.log(new Date(timestamp * 1000).toISOString(), open, high, low, close, trades);
}

function rank({ is_complete, exact, revision }: Candle): number {
  return Number(is_complete) * 2e9 + Number(exact) * 1e9 + revision;
}
