import { problemResponse } from "./problem.ts";
import { DATA_POLICY, secure } from "./security_headers.ts";

/** What answers requests. */
export type Handler = (
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

/** For an answer to somebody whose own address is none. */
const SOMEWHERE = new URL("http://localhost/");

/**
 * Refuses requests that no URL can be made of (a `host` with spaces or brackets in it): to whoever reads their address
 * they are an exception, which would be ours to log.
 */
export function requireValidHost(handler: Handler): Handler {
  return (request, info) => {
    if (hasAddress(request)) return handler(request, info);
    const problem = { status: 400, title: "The request's host or path is no address" };
    return secure(
      problemResponse(problem, { "content-security-policy": DATA_POLICY }),
      SOMEWHERE,
    );
  };
}

function hasAddress(request: Request): boolean {
  try {
    return URL.canParse(request.url);
  } catch {
    return false;
  }
}
