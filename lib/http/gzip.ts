/**
 * Compresses an answer for a client that takes gzip. Only for types that the listener does not know to be text and
 * would leave as they are.
 */
export function gzipped(request: Request, response: Response): Response {
  response.headers.append("vary", "accept-encoding");
  if (response.body === null || !prefersGzip(request.headers.get("accept-encoding"))) {
    return response;
  }
  const headers = new Headers(response.headers);
  headers.set("content-encoding", "gzip");
  headers.delete("content-length");
  // The same contents in other bytes: what a strong tag denies.
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`);
  const body = response.body.pipeThrough(new CompressionStream("gzip"));
  return new Response(body, { status: response.status, headers });
}

/** Whether a client takes gzip, and does not rather have an answer as it is (RFC 9110, 12.5.3). */
export function prefersGzip(acceptEncoding: string | null): boolean {
  const weights = new Map<string, number>();
  for (const item of (acceptEncoding ?? "").toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim());
    weights.set(name, weightOf(parameters));
  }
  const gzip = weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0;
  return gzip > 0 && gzip >= (weights.get("identity") ?? 0);
}

/** A weight that is none refuses, since what the client meant is not known. */
function weightOf(parameters: readonly string[]): number {
  if (parameters.length === 0) return 1;
  const [, text] = /^q=([01](?:\.\d{0,3})?)$/.exec(parameters[0] ?? "") ?? [];
  const weight = text === undefined || parameters.length > 1 ? 0 : Number(text);
  return weight <= 1 ? weight : 0;
}
