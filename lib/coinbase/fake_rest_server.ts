/** A request that a `RestServer` has received. */
export interface SeenRequest {
  readonly url: URL;
  readonly headers: Headers;
  /** In milliseconds of `performance.now`. */
  readonly at: number;
}

/** For tests: an HTTP server on loopback that answers by a script; `nth` counts requests from 0. */
export class RestServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();

  constructor(answer: (url: URL, nth: number) => Response | Promise<Response>) {
    const { signal } = this.#closing;
    const options = { port: 0, hostname: "127.0.0.1", onListen() {}, signal };
    this.#server = Deno.serve(options, (request) => {
      const url = new URL(request.url);
      this.requests.push({ url, headers: request.headers, at: performance.now() });
      return answer(url, this.requests.length - 1);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/api/v3/brokerage`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#server.finished;
  }
}
