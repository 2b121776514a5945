import { createHash } from "node:crypto";

/** Contents that clients and caches may keep if they revalidate them. */
export interface Entity {
  readonly contentType: string;
  /** The entity tag, without quotes: it changes with the contents. */
  readonly tag: string;
  /** Contents that never change may be kept for a year without revalidation. */
  readonly final?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: () => BodyInit;
}

/** Answers a GET, with 304 and no body where the client has the contents already. */
export function entityResponse(request: Request, entity: Entity): Response {
  const known = notModified(request, entity);
  if (known !== null) return known;
  const headers = headersOf(entity);
  const body = request.method === "HEAD" ? null : entity.body();
  return new Response(body, { headers: { ...headers, "content-type": entity.contentType } });
}

/** The answer to a client that has the contents already; null if it does not. */
export function notModified(
  request: Request,
  entity: Pick<Entity, "tag" | "final" | "headers">,
): Response | null {
  const headers = headersOf(entity);
  return holds(request.headers.get("if-none-match"), headers.etag)
    ? new Response(null, { status: 304, headers })
    : null;
}

function headersOf({ tag, final, headers }: Pick<Entity, "tag" | "final" | "headers">) {
  return {
    ...headers,
    etag: `"${tag}"`,
    "cache-control": final ? "public, max-age=31536000, immutable" : "no-cache",
  };
}

/**
 * A tag for contents in memory. Synchronous, since a page's digest takes less time than handing it to another thread.
 */
export function tagOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
}

// A compressing server may have weakened the tag.
function holds(ifNoneMatch: string | null, etag: string): boolean {
  return (ifNoneMatch ?? "").split(",").some((tag) => {
    const bare = tag.trim().replace(/^W\//, "");
    return bare === etag || bare === "*";
  });
}
