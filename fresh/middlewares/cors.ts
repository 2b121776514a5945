import type { Context } from "../context.ts";
import type { Middleware } from "../middleware.ts";

/** Options of {@linkcode cors}. */
export interface CORSOptions<State> {
  /** `*`, one origin, a list of them, or a function from the request's origin to the one allowed. */
  origin:
    | string
    | string[]
    | ((origin: string, ctx: Context<State>) => string | undefined | null);
  allowMethods?: string[];
  /** By default those that the preflight asks for. */
  allowHeaders?: string[];
  /** Seconds that a preflight's answer may be kept. */
  maxAge?: number;
  credentials?: boolean;
  exposeHeaders?: string[];
}

const METHODS: readonly string[] = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/** Lets pages of other origins read the responses; answers preflight requests itself. */
export function cors<State>(options: CORSOptions<State> = { origin: "*" }): Middleware<State> {
  return async (ctx) => {
    const origin = allowedOrigin(options.origin, ctx);
    const headers = new Headers();
    if (origin !== null) headers.set("access-control-allow-origin", origin);
    if (origin !== null && origin !== "*") headers.append("vary", "Origin");
    if (options.credentials) headers.set("access-control-allow-credentials", "true");
    if (options.exposeHeaders?.length) {
      headers.set("access-control-expose-headers", options.exposeHeaders.join(","));
    }
    if (ctx.req.method === "OPTIONS") return preflight(ctx.req, options, headers);

    const response = await ctx.next();
    headers.forEach((value, name) => {
      if (name === "vary") response.headers.append(name, value);
      else response.headers.set(name, value);
    });
    return response;
  };
}

function allowedOrigin<State>(
  allowed: CORSOptions<State>["origin"],
  ctx: Context<State>,
): string | null {
  const origin = ctx.req.headers.get("origin") ?? "";
  if (allowed === "*") return "*";
  if (typeof allowed === "function") return allowed(origin, ctx) ?? null;
  return [allowed].flat().includes(origin) ? origin : null;
}

function preflight<State>(
  request: Request,
  options: CORSOptions<State>,
  headers: Headers,
): Response {
  const asked = request.headers.get("access-control-request-headers")?.split(/\s*,\s*/) ?? [];
  const allowHeaders = options.allowHeaders?.length ? options.allowHeaders : asked;
  const allowMethods = options.allowMethods ?? METHODS;
  if (options.maxAge !== undefined) {
    headers.set("access-control-max-age", String(options.maxAge));
  }
  if (allowMethods.length > 0) headers.set("access-control-allow-methods", allowMethods.join(","));
  if (allowHeaders.length > 0) {
    headers.set("access-control-allow-headers", allowHeaders.join(","));
    headers.append("vary", "Access-Control-Request-Headers");
  }
  return new Response(null, { status: 204, headers });
}
