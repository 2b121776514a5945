// Prints candles of two products as they change. Beside this file: the server's client,
//   curl -o client.mjs http://localhost:8000/client.js
// node follow.mjs [http://localhost:8000]
import { followCandles } from "./client.mjs";

const server = process.argv[2] ?? "http://localhost:8000";
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

followCandles({
  server,
  products: ["BTC-USD", "ETH-USD"],
  granularities: ["ONE_MINUTE"],
  signal: stop.signal,
  onCandle({ product_id, timestamp, close, volume, is_complete, exact }) {
    const state = is_complete ? exact ? "exact" : "closed" : "live";
    console.log(new Date(timestamp * 1000).toISOString(), product_id, state, close, volume);
  },
  onState: (state) => console.error(`${server}: ${state}`),
  onReset: () => console.error("some closed candles were missed: read /api/candles for them"),
});
