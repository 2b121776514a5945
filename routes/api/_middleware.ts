import { define } from "../../app.ts";
import { crossOriginHeaders } from "../../lib/http/cross_origin.ts";

/** Lets the pages of the configured origins read every answer, errors included. */
export default define.middleware(async (ctx) => {
  const origin = ctx.req.headers.get("origin");
  const { corsOrigins } = ctx.state.services.config;
  const response = await ctx.next();
  for (const [name, value] of Object.entries(crossOriginHeaders(origin, corsOrigins))) {
    if (name === "vary" && !response.headers.get(name)?.includes(value)) {
      response.headers.append(name, value);
    } else response.headers.set(name, value);
  }
  if (response.headers.has("access-control-allow-origin")) {
    response.headers.set("access-control-expose-headers", "etag, last-event-id, link, retry-after");
  }
  return response;
});
