import { fileURLToPath } from "node:url";

/** The certificate of an authority that no system knows. */
export const AUTHORITY = fileURLToPath(new URL("authority.pem", import.meta.url));
/** What it signed, for `localhost` and `127.0.0.1`. */
export const CERTIFICATE = fileURLToPath(new URL("server.pem", import.meta.url));
export const KEY = fileURLToPath(new URL("server.key", import.meta.url));

/** TLS in front of a server that speaks none, with a certificate of that authority. */
export class TlsFront implements Disposable {
  readonly port: number;
  readonly #listener: Deno.TlsListener;
  readonly #open = new Set<Deno.Conn>();

  private constructor(listener: Deno.TlsListener, target: number) {
    this.#listener = listener;
    this.port = listener.addr.port;
    void this.#accept(target);
  }

  static async open(target: number): Promise<TlsFront> {
    const [cert, key] = await Promise.all(
      [CERTIFICATE, KEY].map((file) => Deno.readTextFile(file)),
    );
    const options = { hostname: "127.0.0.1", port: 0, cert: cert ?? "", key: key ?? "" };
    return new TlsFront(
      Deno.listenTls({ ...options, alpnProtocols: ["http/1.1", "postgresql"] }),
      target,
    );
  }

  async #accept(target: number): Promise<void> {
    for (;;) {
      try {
        const from = await this.#listener.accept();
        void this.#join(from, target);
      } catch (error) {
        // A client that does not trust the certificate ends the handshake; the listener is fine.
        if (error instanceof Deno.errors.BadResource) return;
      }
    }
  }

  async #join(from: Deno.TlsConn, target: number): Promise<void> {
    this.#open.add(from);
    try {
      await from.handshake();
      const to = await Deno.connect({ hostname: "127.0.0.1", port: target });
      this.#open.add(to);
      await Promise.allSettled([
        from.readable.pipeTo(to.writable),
        to.readable.pipeTo(from.writable),
      ]);
      this.#open.delete(to);
    } catch {
      // The client refused the certificate.
      from.close();
    }
    this.#open.delete(from);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) {
      try {
        connection.close();
      } catch {
        // Its streams closed it.
      }
    }
  }
}
