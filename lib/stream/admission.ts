import type { StreamRefusal } from "./stream_counts.ts";

/** How many may be open at a time. */
export interface AdmissionLimits {
  readonly total: number;
  readonly perAddress: number;
}

/** Who may open one more stream, and is told when it has ended. */
export interface StreamAdmission {
  enter(address: string): StreamRefusal | null;
  leave(address: string): void;
}

/** Counts open streams per address, and says which one would be too many. */
export class Admission implements StreamAdmission {
  readonly #perAddress = new Map<string, number>();
  #open = 0;

  constructor(readonly limits: AdmissionLimits) {}

  /** Takes a place for an address; a reason if there is none. */
  enter(address: string): StreamRefusal | null {
    if (this.#open >= this.limits.total) return "streams";
    const own = this.#perAddress.get(address) ?? 0;
    if (own >= this.limits.perAddress) return "streams_per_address";
    this.#perAddress.set(address, own + 1);
    this.#open++;
    return null;
  }

  /** Gives a place back. */
  leave(address: string): void {
    const own = this.#perAddress.get(address) ?? 0;
    if (own === 0) return;
    if (own === 1) this.#perAddress.delete(address);
    else this.#perAddress.set(address, own - 1);
    this.#open--;
  }
}
