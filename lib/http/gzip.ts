/**
 * Compresses an answer for a client that takes gzip. Only for types that the listener does not know to be text and
 * would leave as they are.
 */
export function gzipped(request: Request, response: Response): Response {
  const accepted = request.headers.get("accept-encoding") ?? "";
  response.headers.append("vary", "accept-encoding");
  if (response.body === null || !/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) {
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
