import { only } from "../methods.ts";
import { openApiDocument } from "../lib/api/openapi.ts";
import { jsonResponse } from "../lib/api/products.ts";
import { crossOriginHeaders } from "../lib/http/cross_origin.ts";

/** The description of the API, for programs. */
export const handler = only({
  GET(ctx) {
    const { services } = ctx.state;
    const text = JSON.stringify(openApiDocument(services.status().version));
    const response = jsonResponse(ctx.req, text);
    const origin = ctx.req.headers.get("origin");
    const headers = crossOriginHeaders(origin, services.config.corsOrigins);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  },
});
