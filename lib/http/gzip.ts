/**
 * Compresses an answer for a client that accepts gzip. Only for types that the listener does not compress, because it
 * does not know them to be text.
 */
export function gzipped(request: Request, response: Response): Response {
  response.headers.append("vary", "accept-encoding");
  if (response.body === null || !prefersGzip(request.headers.get("accept-encoding"))) {
    return response;
  }
  const headers = new Headers(response.headers);
  headers.set("content-encoding", "gzip");
  headers.delete("content-length");
  // Same contents in other bytes, so the tag must be weak.
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`);
  const body = response.body.pipeThrough(new CompressionStream("gzip"));
  return new Response(body, { status: response.status, headers });
}

/** Whether a client accepts gzip, and does not prefer an uncompressed answer (RFC 9110, 12.5.3). */
export function prefersGzip(acceptEncoding: string | null): boolean {
  const weights = new Map<string, number>();
  for (const item of (acceptEncoding ?? "").toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim());
    weights.set(name, weightOf(parameters));
  }
  const gzip = weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0;
  return gzip > 0 && gzip >= (weights.get("identity") ?? 0);
}

/** An invalid weight counts as 0, since its meaning is unknown. */
function weightOf(parameters: readonly string[]): number {
  if (parameters.length === 0) return 1;
  const [, text] = /^q=([01](?:\.\d{0,3})?)$/.exec(parameters[0] ?? "") ?? [];
  const weight = text === undefined || parameters.length > 1 ? 0 : Number(text);
  return weight <= 1 ? weight : 0;
}
