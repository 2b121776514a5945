import { Admission } from "../stream/admission.ts";

/** Concurrent downloads of whole ranges: each holds some 2 MB, however slowly its client reads. */
export const DOWNLOAD_LIMITS = { total: 32, perAddress: 8 };

/** Takes a place for an address; the answer gives it back, once. Null if there is none. */
export interface DownloadPlaces {
  enter(address: string): (() => void) | null | Promise<(() => void) | null>;
}

/** Limits concurrent downloads of whole ranges, in all and for one address. Needs no closing. */
export class Downloads implements DownloadPlaces {
  readonly #places = new Admission(DOWNLOAD_LIMITS);

  enter(address: string): (() => void) | null {
    if (this.#places.enter(address) !== null) return null;
    let entered = true;
    return () => {
      if (entered) this.#places.leave(address);
      entered = false;
    };
  }
}
