/** Origins whose pages may read answers; `"*"` for all. */
export type AllowedOrigins = readonly string[] | "*";

/** The CORS headers of an answer; empty for a request that is not from a page of an allowed origin. */
export function crossOriginHeaders(
  origin: string | null,
  allowed: AllowedOrigins,
): Record<string, string> {
  if (allowed === "*") return { "access-control-allow-origin": "*" };
  if (allowed.length === 0) return {};
  const granted = origin !== null && allowed.includes(origin);
  // The answer depends on the origin even where it is refused, which caches must know.
  return granted ? { "access-control-allow-origin": origin, vary: "origin" } : { vary: "origin" };
}

/** Lets the pages of the allowed origins read an answer, and those of its headers that are named. */
export function shareAnswer(
  response: Response,
  origin: string | null,
  allowed: AllowedOrigins,
  exposed: string,
): Response {
  for (const [name, value] of Object.entries(crossOriginHeaders(origin, allowed))) {
    if (name === "vary" && !response.headers.get(name)?.includes(value)) {
      response.headers.append(name, value);
    } else response.headers.set(name, value);
  }
  if (response.headers.has("access-control-allow-origin")) {
    response.headers.set("access-control-expose-headers", exposed);
  }
  return response;
}

/** The answer to a browser's preflight request (`OPTIONS`). */
export function preflightResponse(origin: string | null, allowed: AllowedOrigins): Response {
  const headers = new Headers(crossOriginHeaders(origin, allowed));
  headers.set("allow", "GET, HEAD, OPTIONS");
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", "GET, HEAD");
    // Headers that an EventSource and a Datastar client send beyond the safelisted ones; Datastar's release candidates
    // send a content type with a GET, too.
    headers.set(
      "access-control-allow-headers",
      "last-event-id, cache-control, datastar-request, content-type",
    );
    headers.set("access-control-max-age", "86400");
  }
  return new Response(null, { status: 204, headers });
}
