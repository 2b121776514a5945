import type { ClientConnection } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeClock } from "./exchange_clock.ts";
import type { FaultRates, FaultSettings } from "./fault_settings.ts";
import type { Feed } from "./feed.ts";
import { GARBAGE } from "./garbage.ts";
import { REST_FAULTS, type RestDesk, type RestFault } from "./rest_desk.ts";
import type { HiddenTrades } from "./trade_listing.ts";
import type { SimulatorStats } from "./simulator_stats.ts";
import type { TradeTape } from "./trade_tape.ts";

/** Without `connection` a command is for all of them; ids are in the stats. */
interface ToConnection {
  readonly connection?: number;
}

/**
 * All commands for a running simulator, in process or as JSON over `POST /control`. Durations are
 * real milliseconds.
 */
export type ControlCommand =
  /** Changes probabilities and durations; those not named stay. */
  | { readonly command: "faults"; readonly rates: Partial<FaultRates> }
  | { readonly command: "clearFaults" }
  /** The next `count` frames (of one channel) never arrive. */
  | ToConnection & {
    readonly command: "dropFrames";
    readonly count: number;
    readonly channel?: string;
  }
  | ToConnection & { readonly command: "garbage"; readonly kind: string }
  /** Ends connections, abruptly with `abruptCuts`; with `refuseForMs` new ones are refused for that long. */
  | ToConnection & { readonly command: "cut"; readonly refuseForMs?: number }
  /** Refuses connections: the handshake is answered with `status` (503) and an HTML page. */
  | { readonly command: "refuse"; readonly forMs: number; readonly status?: number }
  /** Closes connections with a close frame and a reason. */
  | ToConnection & { readonly command: "close"; readonly code: number; readonly reason: string }
  /**
   * From now on subscriptions to these products (all) are answered with an error, with this
   * probability (1).
   */
  | {
    readonly command: "refuseSubscriptions";
    readonly products?: readonly string[];
    readonly chance?: number;
    readonly message?: string;
    readonly reason?: string;
  }
  | { readonly command: "acceptSubscriptions" }
  /** Frames vanish, heartbeats too; the connection stays open. Without `forMs`: forever. */
  | ToConnection & { readonly command: "silence"; readonly forMs?: number }
  /** Frames wait and then come all together. */
  | ToConnection & { readonly command: "stall"; readonly forMs: number }
  /**
   * Trades within `spanMs` (1000; 0: one microsecond) of exchange time; or, with `at`, in that
   * second of the past (epoch seconds), where ids of all older trades get lower: before they are
   * first requested.
   */
  | {
    readonly command: "burst";
    readonly product: string;
    readonly trades: number;
    readonly spanMs?: number;
    readonly at?: number;
  }
  /** From now on trades come `factor` times as often as at the start. */
  | { readonly command: "pace"; readonly factor: number }
  /** Ids that never exist: the next ones or, with `at` (epoch seconds), those before that past moment. */
  | {
    readonly command: "skipIds";
    readonly product: string;
    readonly count: number;
    readonly at?: number;
  }
  /** REST's listing of trades leaves these ids out, both included, until `showTrades`. */
  | ({ readonly command: "hideTrades" } & HiddenTrades)
  | { readonly command: "showTrades" }
  /** A page of trades holds at most this many, whatever is requested. */
  | { readonly command: "pageLimit"; readonly trades: number }
  /** REST lists trades this much later than the feed sends them, in exchange time. */
  | { readonly command: "listingLag"; readonly ms: number }
  | {
    readonly command: "corrupt";
    readonly count: number;
    readonly product?: string;
    readonly kind?: string;
  }
  | { readonly command: "delist"; readonly product: string }
  | { readonly command: "list"; readonly product: string; readonly tradesPerSecond?: number }
  /** Sets the exchange's clock forward, or back with a negative number. */
  | { readonly command: "clock"; readonly byMs: number }
  /** Lets a manual simulator's time pass. */
  | { readonly command: "advance"; readonly ms: number }
  /** The next `count` REST requests have this fault, or all within `forMs`. */
  | { readonly command: "rest"; readonly fault: RestFault; readonly count: number }
  | { readonly command: "rest"; readonly fault: RestFault; readonly forMs: number };

/** What commands act on. */
export interface Controlled {
  readonly exchange: Exchange;
  readonly clock: ExchangeClock;
  readonly settings: FaultSettings;
  readonly feed: Feed;
  readonly tape: TradeTape;
  readonly rest: RestDesk;
  readonly stats: SimulatorStats;
  advance(ms: number): void;
}

/** Carries out one command. Throws a RangeError for one that makes no sense. */
export function control(on: Controlled, command: ControlCommand): void {
  const nowMicros = on.clock.nowMicros();
  const after = (ms: number) => nowMicros + ms * 1000 * on.clock.speed;
  switch (command.command) {
    case "faults":
      return on.settings.set(command.rates);
    case "clearFaults":
      return on.settings.clear();
    case "dropFrames":
      return chosen(on, command).forEach((connection) => {
        connection.framesToDrop = command.count;
        connection.dropOnly = command.channel ?? null;
      });
    case "garbage": {
      const make = GARBAGE[command.kind];
      if (!make) throw new RangeError(`kind must be one of ${Object.keys(GARBAGE).join(", ")}`);
      on.stats.fault("garbageFrame");
      return chosen(on, command).forEach((connection) => connection.sendRaw(make()));
    }
    case "cut":
      if (command.refuseForMs) on.feed.refusingUntilMicros = after(command.refuseForMs);
      return chosen(on, command).forEach((connection) => connection.cut());
    case "refuse":
      on.feed.refusingUntilMicros = after(command.forMs);
      on.feed.refusingStatus = command.status ?? 503;
      return;
    case "close":
      return chosen(on, command).forEach((connection) =>
        connection.close(command.code, command.reason)
      );
    case "refuseSubscriptions":
      on.feed.refusal = {
        products: command.products === undefined ? null : new Set(command.products),
        chance: command.chance ?? 1,
        message: command.message ?? "failed to subscribe",
        reason: command.reason ?? null,
      };
      return;
    case "acceptSubscriptions":
      on.feed.refusal = null;
      return;
    case "silence":
      return chosen(on, command).forEach((connection) => {
        connection.silentUntilMicros = command.forMs === undefined
          ? Infinity
          : after(command.forMs);
      });
    case "stall":
      return chosen(on, command).forEach((connection) => {
        connection.stalledUntilMicros = after(command.forMs);
      });
    case "burst":
      if (command.at !== undefined) {
        return on.exchange.crowd(listed(on, command.product), command.at, command.trades);
      }
      market(on, command.product).burst(command.trades, (command.spanMs ?? 1000) * 1000, nowMicros);
      on.exchange.tradesMade += command.trades;
      return;
    case "pace":
      if (!(command.factor > 0)) throw new RangeError("factor must be more than 0");
      return on.exchange.setFrequency(command.factor, nowMicros);
    case "skipIds":
      on.stats.fault("skipTradeId", command.count);
      return command.at === undefined
        ? market(on, command.product).skipIds(command.count)
        : market(on, command.product).skipPastIds(command.count, command.at * 1e6);
    case "hideTrades":
      listed(on, command.product);
      return on.rest.trades.hide(command);
    case "showTrades":
      return on.rest.trades.showAll();
    case "pageLimit":
      if (!(command.trades >= 1)) throw new RangeError("trades must be 1 or more");
      on.rest.trades.pageLimit = command.trades;
      return;
    case "listingLag":
      if (!(command.ms >= 0)) throw new RangeError("ms must be 0 or more");
      on.rest.trades.lagMicros = command.ms * 1000;
      return;
    case "corrupt":
      return on.tape.corruptNext(command.count, command.product ?? null, command.kind ?? null);
    case "delist":
      market(on, command.product).online = false;
      return;
    case "list":
      return on.exchange.list(command.product, command.tradesPerSecond ?? 1, nowMicros);
    case "clock":
      return on.clock.advance(command.byMs);
    case "advance":
      return on.advance(command.ms);
    case "rest":
      if (!REST_FAULTS.includes(command.fault)) {
        throw new RangeError(`fault must be one of ${REST_FAULTS.join(", ")}`);
      }
      return "forMs" in command
        ? on.rest.orderUntil(command.fault, after(command.forMs))
        : on.rest.order(command.fault, command.count);
    default:
      throw new RangeError("there is no such command");
  }
}

function chosen({ feed }: Controlled, { connection }: ToConnection): ClientConnection[] {
  const all = [...feed.connections];
  return connection === undefined ? all : all.filter(({ id }) => id === connection);
}

/** A product's market, advanced to now, so that what follows comes after it. */
function market(on: Controlled, product: string) {
  const listing = listed(on, product);
  on.exchange.advanceTo(on.clock.nowMicros());
  return listing.market;
}

function listed({ exchange }: Controlled, product: string) {
  const listing = exchange.listings.get(product);
  if (!listing) throw new RangeError(`there is no product ${product}`);
  return listing;
}
