import { HttpError } from "fresh";
import { h } from "preact";
import { define } from "../app.ts";
import { ErrorView } from "../components/ErrorView.tsx";
import { problemResponse } from "../lib/problem.ts";

/** Where programs ask: their errors are problem details and never a page. */
const FOR_PROGRAMS = /^\/(api|stream|history|healthz|readyz|health|metrics|openapi)\b/;

/**
 * Answers what was thrown below, here and not in `_error.tsx`, which lies outside the middlewares: so an
 * error has the policy and headers of every other answer.
 */
export default define.middleware(async (ctx) => {
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
    if (FOR_PROGRAMS.test(pathname)) return problem(status, requestId);
    return await ctx.render(h(ErrorView, { status, path: pathname, requestId }), {
      status,
      headers: { "cache-control": "no-store" },
    });
  }
});

function problem(status: number, requestId: string): Response {
  if (status === 404) return problemResponse({ status, title: "Nothing here" });
  if (status === 405) return problemResponse({ status, title: "This method is not allowed here" });
  return problemResponse({
    status,
    title: status < 500 ? "The request was refused" : "Something broke",
    ...(status < 500 ? {} : { detail: `It is in the log as request ${requestId}.` }),
  });
}
