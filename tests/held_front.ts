/**
 * A load balancer below HTTP: passes connections on to a port of this machine, and keeps new ones
 * waiting while no server listens there. Its owner closes it.
 */
export class HeldFront {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;
  #isClosed = false;

  constructor(readonly target: number) {
    this.#serving = this.#serve();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const passing: Promise<void>[] = [];
    for await (const client of this.#listener) passing.push(this.#pass(client));
    await Promise.all(passing);
  }

  async #pass(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    const target = await this.#connect();
    if (target !== null) {
      this.#open.add(target);
      const ends = [
        client.readable.pipeTo(target.writable),
        target.readable.pipeTo(client.writable),
      ];
      await Promise.allSettled(ends);
      this.#open.delete(target);
    }
    this.#open.delete(client);
  }

  async #connect(): Promise<Deno.Conn | null> {
    while (!this.#isClosed) {
      try {
        return await Deno.connect({ hostname: "127.0.0.1", port: this.target });
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    return null;
  }
}
