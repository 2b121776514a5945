import { createHash } from "node:crypto";

/** Contents that clients and caches may keep, as long as they ask again. */
export interface Entity {
  readonly contentType: string;
  /** Names the contents: changes with every change. Without quotes. */
  readonly tag: string;
  /** Contents that will never be others may be kept for a year without asking. */
  readonly final?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: () => BodyInit;
}

/** Answers a GET, with 304 and no body where the client has the contents already. */
export function entityResponse(request: Request, entity: Entity): Response {
  const etag = `"${entity.tag}"`;
  const headers = {
    ...entity.headers,
    etag,
    "cache-control": entity.final ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (holds(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const body = request.method === "HEAD" ? null : entity.body();
  return new Response(body, { headers: { ...headers, "content-type": entity.contentType } });
}

/** A tag for contents that are there whole. At once: a page's digest takes less than handing it to another thread. */
export function tagOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
}

// A compressing server may have weakened the tag it was given.
function holds(ifNoneMatch: string | null, etag: string): boolean {
  return (ifNoneMatch ?? "").split(",").some((tag) => {
    const bare = tag.trim().replace(/^W\//, "");
    return bare === etag || bare === "*";
  });
}
