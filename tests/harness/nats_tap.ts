const LINE_END = "\r\n";
const DECODER = new TextDecoder("latin1");

/**
 * Passes connections on to a NATS server and notes what clients publish, also what a process had given its socket
 * before it was stopped. Its owner closes it.
 */
export class NatsTap {
  /** Where clients connect instead, the server's login included. */
  readonly url: string;
  /** Of all that clients have published, in order. */
  readonly subjects: string[] = [];
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #target: number;
  #nextRead = Promise.withResolvers<void>();

  constructor(natsUrl: string) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = new URL(natsUrl);
    this.#target = Number(url.port);
    url.port = String(this.#listener.addr.port);
    this.url = url.href;
    void this.#accept();
  }

  /** Resolves when a client sends something. */
  read(): Promise<void> {
    this.#nextRead = Promise.withResolvers();
    return this.#nextRead.promise;
  }

  close(): void {
    this.#listener.close();
    for (const connection of this.#open) this.#end(connection);
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) void this.#pass(client);
    } catch {
      // Closed.
    }
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    const pair = [client, server];
    for (const connection of pair) {
      connection.setNoDelay(true);
      this.#open.add(connection);
    }
    const reader = new PublishReader((subject) => this.subjects.push(subject));
    const notes = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (bytes, controller) => {
        reader.take(bytes);
        controller.enqueue(bytes);
        this.#nextRead.resolve();
      },
    });
    await Promise.race([
      client.readable.pipeThrough(notes).pipeTo(server.writable).catch(() => {}),
      server.readable.pipeTo(client.writable).catch(() => {}),
    ]);
    for (const connection of pair) this.#end(connection);
  }

  #end(connection: Deno.TcpConn): void {
    this.#open.delete(connection);
    try {
      connection.close();
    } catch {
      // Its stream was closed from the other side and has closed it already.
    }
  }
}

/** Finds the publishes in what a client sends, payloads left out. */
class PublishReader {
  #rest = "";
  /** Bytes of a payload that are still to come. */
  #skip = 0;

  constructor(private readonly onPublish: (subject: string) => void) {}

  take(bytes: Uint8Array): void {
    let text = this.#rest + DECODER.decode(bytes);
    this.#rest = "";
    for (;;) {
      const skipped = Math.min(this.#skip, text.length);
      this.#skip -= skipped;
      text = text.slice(skipped);
      const end = text.indexOf(LINE_END);
      if (this.#skip > 0 || end < 0) break;
      const [command = "", subject = "", ...rest] = text.slice(0, end).split(" ");
      text = text.slice(end + 2);
      if (command !== "PUB" && command !== "HPUB") continue;
      this.onPublish(subject);
      this.#skip = Number(rest.at(-1)) + 2;
    }
    this.#rest = text;
  }
}
