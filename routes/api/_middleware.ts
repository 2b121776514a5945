import { define } from "../../app.ts";
import { shareAnswer } from "../../lib/http/cross_origin.ts";

const EXPOSED = "content-disposition, etag, last-event-id, link, retry-after";

/** Lets the pages of the configured origins read every answer, errors included. */
export default define.middleware(async (ctx) => {
  const { corsOrigins } = ctx.state.services.config;
  return shareAnswer(await ctx.next(), ctx.req.headers.get("origin"), corsOrigins, EXPOSED);
});
