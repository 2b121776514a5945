/**
 * Simulates Coinbase Advanced Trade's market data on loopback: its WebSocket, its REST, and their
 * faults. It shares no code with the client that it tests, so that one misunderstanding cannot hide
 * another.
 */
import { control, type ControlCommand, type Controlled } from "./control.ts";
import { Exchange } from "./exchange.ts";
import { ExchangeClock } from "./exchange_clock.ts";
import { FaultSettings } from "./fault_settings.ts";
import { Feed } from "./feed.ts";
import { resolveOptions, type SimulatorOptions } from "./options.ts";
import { listen } from "./listener.ts";
import { Random } from "./random.ts";
import { RateLimit } from "./rate_limit.ts";
import { RestDesk } from "./rest_desk.ts";
import { SimulatorStats } from "./simulator_stats.ts";
import { startTicking } from "./ticking.ts";
import { TradeTape } from "./trade_tape.ts";
import { Truth } from "./truth.ts";
import { answerControl } from "./control_desk.ts";

export type { ControlCommand } from "./control.ts";
export type { ClockOptions } from "./exchange_clock.ts";
export type { FaultRates } from "./fault_settings.ts";
export type { SimulatorOptions } from "./options.ts";
export type { SeenRequest, SimulatorStats } from "./simulator_stats.ts";
export type { WireTrade } from "./trade_text.ts";
export type { Truth, TruthCandle, TruthRange, TruthRow } from "./truth.ts";
export { CORRUPTIONS, GARBAGE } from "./garbage.ts";

/** A running simulator; the caller closes it. */
export interface ExchangeSimulator extends AsyncDisposable {
  readonly wsUrl: string;
  /** Including `/api/v3/brokerage`. */
  readonly restUrl: string;
  readonly controlUrl: string;
  readonly port: number;
  /** Ids of the products that trade, the busiest first. */
  readonly products: readonly string[];
  readonly truth: Truth;
  readonly stats: SimulatorStats;
  readonly connectionIds: readonly number[];
  readonly tradesMade: number;
  /** Exchange time in epoch milliseconds. */
  now(): number;
  /** Carries out one command. Throws a RangeError for one that makes no sense. */
  control(command: ControlCommand): void;
  /** Lets exchange time pass in one step: trades, batches and heartbeats in their order. */
  advance(ms: number): void;
  /** Ends all connections and stops listening; calling it again does nothing. */
  close(): Promise<void>;
}

/** Starts listening on 127.0.0.1; ready to be used when it resolves. */
export function startExchangeSimulator(
  options: SimulatorOptions = {},
): Promise<ExchangeSimulator> {
  const resolved = resolveOptions(options);
  const { seed, onFrame } = resolved;
  const clock = new ExchangeClock(resolved.clock, resolved.manual);
  const exchange = new Exchange(resolved, clock.startMicros);
  const settings = new FaultSettings();
  const stats = new SimulatorStats();
  const tape = new TradeTape(exchange, settings, new Random(seed, "trade faults"), stats);
  const random = new Random(seed, "frame faults");
  const wire = { settings, random, stats, speed: clock.speed, onFrame };
  const limited = { ...resolved, limitMs: () => clock.limitMs() };
  const feed = new Feed(exchange, tape, wire, limited);
  const rest = new RestDesk(exchange, settings, new Random(seed, "rest faults"), stats, limited);
  const truth = new Truth(exchange);
  const ticking = startTicking(exchange, clock, feed, resolved);
  const on: Controlled = {
    exchange,
    clock,
    settings,
    feed,
    tape,
    rest,
    stats,
    advance: ticking.advance,
  };
  const connects = new RateLimit(8);

  const upgrade = (request: Request, remotePort: number): Response => {
    const tooMany = resolved.limits && !connects.allows(clock.limitMs());
    if (tooMany || clock.nowMicros() < feed.refusingUntilMicros) {
      stats.connectionsRefused++;
      return new Response("<html><body>Request blocked</body></html>", {
        status: tooMany ? 429 : feed.refusingStatus,
        headers: { "content-type": "text/html" },
      });
    }
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    const breaks = listener.breakConnection;
    feed.accept(socket, () => clock.nowMicros(), breaks && (() => breaks(remotePort)));
    return response;
  };

  const listener = listen(resolved.port, resolved.abruptCuts, (request, remotePort) => {
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      return upgrade(request, remotePort);
    }
    const url = new URL(request.url);
    if (url.pathname.startsWith("/control")) return answerControl(on, truth, request, url);
    return rest.answer(request, url, clock.nowMicros());
  });

  const close = () => {
    ticking.stop();
    feed.closeAll();
    rest.close();
    return listener.close();
  };

  const { port } = listener;
  return Promise.resolve({
    wsUrl: `ws://127.0.0.1:${port}`,
    restUrl: `http://127.0.0.1:${port}/api/v3/brokerage`,
    controlUrl: `http://127.0.0.1:${port}/control`,
    port,
    truth,
    stats,
    get products() {
      return [...exchange.listings].filter(([, { market }]) => market.online).map(([id]) => id);
    },
    get connectionIds() {
      return [...feed.connections].map(({ id }) => id);
    },
    get tradesMade() {
      return exchange.tradesMade;
    },
    now: () => clock.nowMicros() / 1000,
    control: (command) => control(on, command),
    advance: ticking.advance,
    close,
    [Symbol.asyncDispose]: close,
  });
}
