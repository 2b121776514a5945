import { type Context, HttpError } from "fresh";
import { h } from "preact";
import { define, type State } from "../app.ts";
import { MethodNotAllowedError } from "../methods.ts";
import { ErrorView } from "../components/site/ErrorView.tsx";
import { type Problem, problemResponse } from "../lib/http/problem.ts";
import { BudgetRefusal, refusalProblem } from "../lib/http/cost_budget.ts";
import { echoed } from "../lib/http/echo.ts";
import { crossOriginHeaders } from "../lib/http/cross_origin.ts";

/** The routes for programs: their errors are problem details and never a page. */
const FOR_PROGRAMS =
  /^\/((api|stream|udf|market)(\/.*)?|products\/[^/]+\/past|history|healthz|readyz|health|metrics|openapi\.json)\/?$/;

/** The probes of orchestrators, which are never refused. */
const FOR_PROBES = /^\/(healthz|readyz|health)$/;

/** Not read: the client left while its request waited. */
const LEFT = new Response(null, { status: 499 });

/**
 * Refuses addresses that send too many requests (in few bytes, since refusing must cost little),
 * and answers errors thrown below: here and not in `_error.tsx`, which lies outside the
 * middlewares, so that an error has the policy and headers of every other answer.
 */
export default define.middleware(async (ctx) => {
  const waitSeconds = await waitOf(ctx);
  if (waitSeconds !== null) return refused(ctx, waitSeconds);
  try {
    return await ctx.next();
  } catch (error) {
    if (error instanceof BudgetRefusal) return answered(ctx, refusalProblem(error));
    if (error === ctx.req.signal.reason && ctx.req.signal.aborted) return LEFT.clone();
    const { pathname } = ctx.url;
    const { requestId, log } = ctx.state;
    ctx.state.isError = true;
    const status = error instanceof HttpError ? error.status : 500;
    if (status >= 500) {
      log.error("{method} {path} failed", {
        method: ctx.req.method,
        path: echoed(pathname),
        requestId,
        error,
      });
    }
    // A product's page gives the reason, if known, in the error's message.
    const isExplained = status === 404 && error instanceof Error &&
      pathname.startsWith("/products/") &&
      !["", "Not Found"].includes(error.message);
    const note = isExplained ? error.message : undefined;
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

/** The seconds that a request's address must wait; null if it need not. */
function waitOf(
  { url, state: { services, requester } }: Context<State>,
): number | null | Promise<number | null> {
  if (FOR_PROBES.test(url.pathname)) return null;
  return services.requests.take(requester.address, performance.now());
}

function refused(ctx: Context<State>, retryAfterSeconds: number): Response {
  return answered(ctx, {
    status: 429,
    title: "Too many requests from one address",
    detail: "Retry after the seconds in retry-after.",
    retryAfterSeconds,
  });
}

function answered({ req, state }: Context<State>, problem: Problem): Response {
  const { corsOrigins } = state.services.config;
  return problemResponse(problem, crossOriginHeaders(req.headers.get("origin"), corsOrigins));
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
