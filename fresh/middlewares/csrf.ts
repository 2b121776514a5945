import { HttpError } from "../http_error.ts";
import type { Middleware } from "../middleware.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses with 403 what pages of other origins send in a visitor's name. Browsers name the origin
 * of a request (`sec-fetch-site`, older ones `origin` alone); programs send neither and are
 * accepted.
 */
export function csrf<State>(): Middleware<State> {
  return (ctx) => {
    if (SAFE.has(ctx.req.method)) return ctx.next();
    const { headers } = ctx.req;
    const site = headers.get("sec-fetch-site");
    const origin = headers.get("origin");
    const isOwn = site === "same-origin" || site === "none" || origin === ctx.url.origin ||
      site === null && origin === null;
    if (!isOwn) throw new HttpError(403);
    return ctx.next();
  };
}
