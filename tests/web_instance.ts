import { type Bus, openBus } from "../lib/bus/bus.ts";
import { type Candle, candleKey } from "../lib/candles/candle.ts";
import { encodeCandle } from "../lib/candles/wire.ts";
import { answerStream } from "../lib/api/stream_answer.ts";
import { BusCandles } from "../lib/app/hub_candles.ts";
import { type AllowedOrigins, preflightResponse } from "../lib/http/cross_origin.ts";
import { Hub } from "../lib/stream/hub.ts";
import { BTC, ETH, minute } from "./hub_set_up.ts";
import { publishClosed } from "./publish_closed.ts";

export const SILENT = { info() {}, warn() {}, error() {} };
export const PATH = "/stream?products=BTC-USD&granularities=ONE_MINUTE";

/** One web process over real NATS: bus, hub and HTTP. Its owner stops it. */
export class WebInstance {
  readonly #stop: () => Promise<void>;

  private constructor(
    readonly bus: Bus,
    readonly hub: Hub,
    readonly port: number,
    stop: () => Promise<void>,
  ) {
    this.#stop = stop;
  }

  static async start(
    natsUrl: string,
    { port = 0, corsOrigins = [], streamCompression = false }: {
      port?: number;
      corsOrigins?: AllowedOrigins;
      streamCompression?: boolean;
    } = {},
  ): Promise<WebInstance> {
    const bus = await openBus({ servers: [natsUrl], replicas: 1, log: SILENT });
    const hub = new Hub({
      source: new BusCandles(Promise.resolve(bus)),
      maxStreams: 100,
      maxStreamsPerAddress: 100,
      ringSize: 4,
      retryMs: 200,
    });
    bus.subscribe(hub);
    await hub.start();
    bus.onState(({ state }) => {
      if (state === "up") hub.resync().catch(() => {});
    });
    const services = {
      streams: hub,
      catalogue: {
        loaded: true,
        ids: () => [BTC, ETH],
        has: (id: string) => id === BTC || id === ETH,
      },
      config: { corsOrigins, streamCompression },
    };
    const server = Deno.serve(
      {
        port,
        hostname: "127.0.0.1",
        onListen() {},
        onError: () => new Response(null, { status: 500 }),
      },
      (request) =>
        request.method === "OPTIONS"
          ? preflightResponse(request.headers.get("origin"), corsOrigins)
          : answerStream(services, request, new URL(request.url), "127.0.0.1"),
    );
    return new WebInstance(bus, hub, server.addr.port, async () => {
      await hub.close();
      await server.shutdown();
      await bus.close();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}${PATH}`;
  }

  async close(n: number, productId = BTC): Promise<number> {
    const [sequence = NaN] = await publishClosed(this.bus, minute(n, { productId }));
    return sequence;
  }

  live(n: number, other: Partial<Candle> = {}): void {
    const { key, bytes } = messageOf(minute(n, { isComplete: false, exact: false, ...other }));
    this.bus.publisherFor().publishLive(key, bytes);
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

function messageOf(candle: Candle) {
  const bytes = new TextEncoder().encode(encodeCandle(candle));
  return { key: candleKey(candle.productId, candle.granularity), bytes };
}
