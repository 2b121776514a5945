import { type Context, type HandlerByMethod, HttpError } from "fresh";
import type { State } from "./app.ts";
import { preflightResponse } from "./lib/http/cross_origin.ts";

type Handlers = HandlerByMethod<unknown, State>;
type Method = keyof Handlers;

const METHODS: readonly Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** A route does not have the request's method. */
export class MethodNotAllowedError extends HttpError {
  /** The route's methods, for the `allow` header. */
  readonly allow: string;

  constructor(allow: string) {
    super(405);
    this.name = "MethodNotAllowedError";
    this.allow = allow;
  }
}

/**
 * A route's handlers, and nothing else: any other method throws {@linkcode MethodNotAllowedError}, and OPTIONS lists
 * the methods. GET answers HEAD, too. Without this, file routes answer other methods with a 404.
 */
export function only<Own extends Handlers>(handlers: Own): Own {
  const allowed = METHODS.filter((method) =>
    method in handlers || method === "OPTIONS" || method === "HEAD" && "GET" in handlers
  );
  const allow = allowed.join(", ");
  const all: Handlers = {
    OPTIONS: () => new Response(null, { status: 204, headers: { allow } }),
  };
  for (const method of METHODS) {
    if (allowed.includes(method)) continue;
    all[method] = () => {
      throw new MethodNotAllowedError(allow);
    };
  }
  return { ...all, ...handlers };
}

/** `OPTIONS` of a route that pages of other origins may read. */
export function preflight({ req, state: { services } }: Context<State>): Response {
  return preflightResponse(req.headers.get("origin"), services.config.corsOrigins);
}
