/**
 * Notifies open pages of the revision of the project that is served. Owns their streams until
 * `close`.
 */
export class RevisionStream {
  readonly #clients = new Set<ReadableStreamDefaultController<Uint8Array>>();
  #revision = crypto.randomUUID();

  /** An event stream of revisions, beginning with the current one. */
  response(): Response {
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#clients.add(controller);
        controller.enqueue(this.#event());
      },
      cancel: () => {
        this.#clients.delete(own);
      },
    });
    return new Response(body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  /** Sends a new revision: pages that have another one reload. */
  next(): void {
    this.#revision = crypto.randomUUID();
    for (const client of this.#clients) client.enqueue(this.#event());
  }

  close(): void {
    for (const client of this.#clients) client.close();
    this.#clients.clear();
  }

  #event(): Uint8Array {
    return new TextEncoder().encode(`retry: 300\nevent: revision\ndata: ${this.#revision}\n\n`);
  }
}
