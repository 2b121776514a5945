import type { ClientConnection, Wire } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { tradeJson, wireTrade } from "./trade_text.ts";

export interface SnapshotOptions {
  readonly snapshotTrades: number;
  readonly snapshotPer: "subscribe" | "product";
}

interface LateSnapshot {
  readonly connection: ClientConnection;
  readonly productIds: readonly string[];
  readonly dueMicros: number;
}

/** The recent trades that answer a subscribe: immediately, late, or never. */
export class Snapshots {
  readonly #exchange: Exchange;
  readonly #wire: Wire;
  readonly #options: SnapshotOptions;
  #late: LateSnapshot[] = [];

  constructor(exchange: Exchange, wire: Wire, options: SnapshotOptions) {
    this.#exchange = exchange;
    this.#wire = wire;
    this.#options = options;
  }

  start(connection: ClientConnection, ids: readonly string[], nowMicros: number): void {
    const { random, settings: { rates }, stats, speed } = this.#wire;
    if (random.chance(rates.missingSnapshot)) return stats.fault("missingSnapshot");
    const groups = this.#options.snapshotPer === "subscribe" ? [ids] : ids.map((id) => [id]);
    for (const productIds of groups) {
      if (random.chance(rates.lateSnapshot)) {
        stats.fault("lateSnapshot");
        const dueMicros = nowMicros + rates.snapshotDelayMs * 1000 * speed;
        this.#late.push({ connection, productIds, dueMicros });
      } else {
        this.#send(connection, productIds, nowMicros);
      }
    }
  }

  sendDue(nowMicros: number): void {
    if (this.#late.length === 0) return;
    const due = this.#late.filter((late) => late.dueMicros <= nowMicros);
    this.#late = this.#late.filter((late) => late.dueMicros > nowMicros);
    for (const late of due) this.#send(late.connection, late.productIds, nowMicros);
  }

  #send(connection: ClientConnection, ids: readonly string[], nowMicros: number): void {
    const { snapshotTrades } = this.#options;
    const trades: string[] = [];
    for (const id of new Set(ids.map((id) => this.#exchange.canonical(id)))) {
      const market = id ? this.#exchange.listings.get(id)?.market : undefined;
      if (!market) continue;
      for (let i = market.end - 1; i >= market.end - snapshotTrades && market.has(i); i--) {
        trades.push(tradeJson(wireTrade(market, i)));
      }
    }
    connection.sendTrades("snapshot", trades, nowMicros);
  }
}
