import { type Entity, notModified } from "../http/entity.ts";

/** What a final page was answered with, but for its contents. */
export type FinalPage = Pick<Entity, "tag" | "headers">;

/** Some hundred bytes each. */
const CAPACITY = 4_096;

/**
 * The names of pages that will never be others, so that a client that has one is told so without anything being read.
 * Forgets the one that was asked for longest ago. Needs no closing.
 */
export class FinalPages {
  readonly #pages = new Map<string, FinalPage>();

  constructor(private readonly capacity = CAPACITY) {}

  /** Answers a client that has the page under this address; null where that is not known. */
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
