import type { StreamRefusal } from "./stream_counts.ts";

/** Most streams that may be open at a time. */
export interface AdmissionLimits {
  readonly total: number;
  readonly perAddress: number;
}

/** Grants or refuses a place for one more stream, and takes it back at the end. */
export interface StreamAdmission {
  enter(address: string): StreamRefusal | null;
  leave(address: string): void;
}

/** Counts open streams in all and per address, and refuses those beyond the limits. */
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
