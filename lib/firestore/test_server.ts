/**
 * Speaks the part of Firestore's REST interface that the import uses, ten documents a page, for
 * tests.
 */
export class FirestoreServer implements AsyncDisposable {
  /** Every collection that was listed, with its page's token. */
  readonly listed: string[] = [];
  /** This many of the next requests are answered with 503. */
  failures = 0;
  readonly #documents: ReadonlyMap<string, unknown>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(documents: Readonly<Record<string, unknown>>) {
    this.#documents = new Map(Object.entries(documents));
    const options = { port: 0, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(request: Request): Response {
    if (this.failures-- > 0) return new Response("overloaded", { status: 503 });
    if (request.headers.get("authorization") !== "Bearer owner") {
      return new Response("no access", { status: 403 });
    }
    const { pathname, searchParams } = new URL(request.url);
    const path = decodeURIComponent(pathname.split("/documents/")[1] ?? "");
    if (path.split("/").length % 2 === 1) {
      return this.#list(path, searchParams.get("pageToken") ?? "");
    }
    const fields = this.#documents.get(path);
    return fields === undefined
      ? Response.json({ error: { code: 404 } }, { status: 404 })
      : Response.json(documentOf(path, fields));
  }

  #list(collection: string, token: string): Response {
    this.listed.push(`${collection}?${token}`);
    const children = new Set<string>();
    for (const path of this.#documents.keys()) {
      if (!path.startsWith(`${collection}/`)) continue;
      children.add(path.slice(collection.length + 1).split("/")[0] ?? "");
    }
    const ids = [...children].sort().filter((id) => id > token);
    const page = ids.slice(0, 10);
    const documents = page.map((id) => {
      const path = `${collection}/${id}`;
      return documentOf(path, this.#documents.get(path));
    });
    return Response.json({
      documents,
      ...(ids.length > page.length ? { nextPageToken: page.at(-1) } : {}),
    });
  }
}

function documentOf(path: string, fields: unknown) {
  const name = `projects/p/databases/(default)/documents/${path}`;
  return fields === undefined ? { name } : { name, ...mapOf(fields) };
}

function mapOf(value: unknown) {
  const entries = Object.entries(value ?? {}).map(([key, one]) => [key, wrapped(one)]);
  return { fields: Object.fromEntries(entries) };
}

function wrapped(value: unknown): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { integerValue: `${value}` } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(wrapped) } };
  return { mapValue: mapOf(value) };
}
