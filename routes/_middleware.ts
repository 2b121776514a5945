import { type Context, HttpError } from "fresh";
import { h } from "preact";
import { define, type State } from "../app.ts";
import { MethodNotAllowedError } from "../methods.ts";
import { ErrorView } from "../components/site/ErrorView.tsx";
import { problemResponse } from "../lib/http/problem.ts";
import { clientAddress } from "../lib/http/client_address.ts";
import { crossOriginHeaders } from "../lib/http/cross_origin.ts";

/** Where programs ask: their errors are problem details and never a page. */
const FOR_PROGRAMS =
  /^\/((api|stream)(\/.*)?|history|healthz|readyz|health|metrics|openapi\.json)\/?$/;

/** Where orchestrators ask, whoever else asks how often. */
const FOR_PROBES = /^\/(healthz|readyz|health)$/;

/**
 * Refuses addresses that ask too often (in few bytes for everybody, since refusing must cost little), and answers what
 * was thrown below, here and not in `_error.tsx`, which lies outside the middlewares: so an
 * error has the policy and headers of every other answer.
 */
export default define.middleware(async (ctx) => {
  const waitSeconds = waitOf(ctx);
  if (waitSeconds !== null) return refused(ctx, waitSeconds);
  try {
    return await ctx.next();
  } catch (error) {
    const { pathname } = ctx.url;
    const { requestId, log } = ctx.state;
    const status = error instanceof HttpError ? error.status : 500;
    if (status >= 500) {
      log.error("{method} {path} failed", {
        method: ctx.req.method,
        path: pathname,
        requestId,
        error,
      });
    }
    // A product's page says in the error's message what is known of the reason.
    const isTold = status === 404 && error instanceof Error && pathname.startsWith("/products/") &&
      !["", "Not Found"].includes(error.message);
    const note = isTold ? error.message : undefined;
    const response = FOR_PROGRAMS.test(pathname)
      ? problem(status, requestId)
      : await ctx.render(h(ErrorView, { status, path: pathname, requestId, note }), {
        status,
        headers: { "cache-control": "no-store" },
      });
    if (error instanceof MethodNotAllowedError) response.headers.set("allow", error.allow);
    return response;
  }
});

/** For how long a request's address must wait; null if it need not. */
function waitOf({ url, req, info, state }: Context<State>): number | null {
  if (FOR_PROBES.test(url.pathname)) return null;
  const { config, requests } = state.services;
  const forwardedFor = req.headers.get("x-forwarded-for");
  const peer = "hostname" in info.remoteAddr ? info.remoteAddr.hostname : "";
  return requests.take(clientAddress(peer, forwardedFor, config.trustProxy), performance.now());
}

function refused({ req, state }: Context<State>, retryAfterSeconds: number): Response {
  const { corsOrigins } = state.services.config;
  return problemResponse({
    status: 429,
    title: "Too many requests from one address",
    detail: "Ask again after the seconds that retry-after says.",
    retryAfterSeconds,
  }, crossOriginHeaders(req.headers.get("origin"), corsOrigins));
}

function problem(status: number, requestId: string): Response {
  if (status === 404) return problemResponse({ status, title: "Nothing here" });
  if (status === 405) return problemResponse({ status, title: "This method is not allowed here" });
  return problemResponse({
    status,
    title: status < 500 ? "The request was refused" : "Something broke",
    ...(status < 500 ? {} : { detail: `It is in the log as request ${requestId}.` }),
  });
}
