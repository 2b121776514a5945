/** The URL a request was made to. Behind a trusted proxy the scheme and host are the forwarded ones. */
export function requestUrl(request: Request, trustProxy: boolean): URL {
  const url = new URL(request.url);
  // "//evil.example" as a path would be another host once it is used as a relative URL.
  if (url.pathname.includes("//")) url.pathname = url.pathname.replace(/\/+/g, "/");
  if (trustProxy) {
    const scheme = request.headers.get("x-forwarded-proto");
    const host = request.headers.get("x-forwarded-host");
    if (scheme === "http" || scheme === "https") url.protocol = `${scheme}:`;
    // One name: a list of them is not a host, and is left out.
    if (host !== null && URL.canParse(`http://${host}`)) {
      // A forwarded host without a port means the scheme's own.
      url.port = "";
      url.host = host;
    }
  }
  return url;
}
