import { candleKey } from "../../lib/candles/candle.ts";
import { CandleWriter } from "../../lib/candles/candle_writer.ts";
import { GRANULARITIES } from "../../lib/candles/granularity.ts";
import { type ProductId, productId } from "../../lib/candles/product.ts";
import { Hub } from "../../lib/stream/hub.ts";
import { sampleCandle } from "../../tests/sample_candles.ts";
import type { GrowthPoint } from "./curve.ts";
import { Cost, turn } from "./usage.ts";

const PRODUCTS = 500;
const CLIENTS = 50;
const ROUNDS = 30;
const WARM_UP = 5;
/** Messages of one read of the bus. */
const BATCH = 100;

/**
 * The cost of one event to a client that names `keys` of 4,000 keys, which all change in turn; `all` follows every
 * product instead. Each client has a different list, so that none shares another's chunks.
 */
export async function measureKeys(keys: number | "all"): Promise<GrowthPoint> {
  const products = Array.from({ length: PRODUCTS }, (_, at) => productId(`P${at}-USD`));
  const hub = new Hub({
    source: {
      bounds: () => Promise.resolve({ first: 1, last: 0 }),
      history: async function* () {},
      current: () => Promise.resolve([]),
    },
    maxStreams: CLIENTS,
    maxStreamsPerAddress: CLIENTS,
  });
  await hub.start();
  for (let client = 0; client < CLIENTS; client++) {
    const stream = hub.connect({
      subscription: { ...wishOf(keys, client, products), closedOnly: false },
      lastEventId: null,
      address: "bench",
    });
    if (stream.kind !== "stream") throw new Error(`refused: ${stream.reason}`);
    void stream.body.pipeTo(new WritableStream());
  }
  const writer = new CandleWriter();
  const messages = products.flatMap((productId) =>
    GRANULARITIES.map((granularity) => ({
      key: candleKey(productId, granularity),
      bytes: writer.write(
        sampleCandle({ productId, granularity, isComplete: false, exact: false }),
      ),
      sequence: null,
    }))
  );
  let cost = new Cost();
  let before = 0;
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    if (round === WARM_UP) {
      cost = new Cost();
      before = hub.stats().framesSent;
    }
    for (let at = 0; at < messages.length; at += BATCH) {
      await cost.of(async () => {
        hub.deliver(messages.slice(at, at + BATCH));
        await turn();
      });
    }
  }
  const point = cost.point(
    keys === "all" ? messages.length : keys,
    hub.stats().framesSent - before,
  );
  hub.close();
  return point;
}

function wishOf(keys: number | "all", client: number, products: readonly ProductId[]) {
  if (keys === "all") return { products: "*" as const, granularities: GRANULARITIES };
  const granularities = GRANULARITIES.slice(0, Math.min(keys, GRANULARITIES.length));
  const count = Math.max(1, keys / granularities.length);
  const named = Array.from({ length: count }, (_, at) => products[(client * 7 + at) % PRODUCTS]);
  return { products: named.filter((id) => id !== undefined), granularities };
}
