import { type Entity, notModified } from "../http/entity.ts";

/** A final page's tag and headers, without its contents. */
export type FinalPage = Pick<Entity, "tag" | "headers">;

/** Some hundred bytes each. */
const CAPACITY = 4_096;

/**
 * The tags of pages that never change, so that a client that has one is answered 304 without a read. The least recently
 * requested one is forgotten first. Needs no closing.
 */
export class FinalPages {
  readonly #pages = new Map<string, FinalPage>();

  constructor(private readonly capacity = CAPACITY) {}

  /** Answers a client that has the page of this address; null where that is unknown. */
  answer(request: Request, address: string): Response | null {
    const page = this.#pages.get(address);
    if (page === undefined) return null;
    this.keep(address, page);
    return notModified(request, { ...page, final: true });
  }

  keep(address: string, page: FinalPage): void {
    this.#pages.delete(address);
    this.#pages.set(address, page);
    if (this.#pages.size <= this.capacity) return;
    for (const oldest of this.#pages.keys()) {
      this.#pages.delete(oldest);
      return;
    }
  }
}
