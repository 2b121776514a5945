import type { Candle } from "../candles/candle.ts";
import type { EpochSeconds, Granularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import type { AuditChanges, AuditedStretch, KeptDisagreement } from "../exchange/disagreement.ts";
import type { AuditStore } from "./audit_store.ts";

/** A database for audits, in memory: what is written to it outlives the audit, and it can be down. */
export class FakeAuditStore implements AuditStore {
  readonly ours: Candle[] = [];
  readonly stretches = new Map<string, AuditedStretch>();
  readonly disagreements = new Map<string, KeptDisagreement>();
  counts = { equal: 0, different: 0 };
  isDown = false;

  async candles(
    productId: ProductId,
    granularity: Granularity,
    start: EpochSeconds,
    end: EpochSeconds,
  ): Promise<Candle[]> {
    await this.#answer();
    return this.ours.filter((candle) =>
      candle.productId === productId && candle.granularity === granularity &&
      candle.start >= start && candle.start < end
    ).sort((a, b) => a.start - b.start);
  }

  async read() {
    await this.#answer();
    const disagreements = [...this.disagreements.values()];
    return {
      stretches: [...this.stretches.values()],
      disagreements: disagreements.filter(({ state }) => state !== "resolved"),
    };
  }

  async write({ stretches, counts, disagreements }: AuditChanges): Promise<void> {
    await this.#answer();
    for (const one of stretches) this.stretches.set(`${one.productId} ${one.granularity}`, one);
    for (const one of disagreements) {
      this.disagreements.set(`${one.productId} ${one.granularity} ${one.start}`, one);
    }
    for (const { equal, different } of counts) {
      this.counts = {
        equal: this.counts.equal + equal,
        different: this.counts.different + different,
      };
    }
  }

  #answer(): Promise<void> {
    return this.isDown ? Promise.reject(new Error("the database is down")) : Promise.resolve();
  }
}
