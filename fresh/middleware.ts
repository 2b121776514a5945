import type { Context } from "./context.ts";

/** Handles a request or passes it on with `ctx.next()`, whose response it may change. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/**
 * Runs the middlewares in order; past the last one `ctx.next()` runs `end`. `onError` hears of what is
 * thrown, once for each middleware it passes through.
 */
export function runMiddlewares<State>(
  ctx: Context<State>,
  middlewares: readonly Middleware<State>[],
  end: () => Promise<Response>,
  onError: (error: unknown) => void = () => {},
): Promise<Response> {
  const run = async (index: number): Promise<Response> => {
    const middleware = middlewares[index];
    if (middleware === undefined) return await end();
    ctx.next = () => run(index + 1);
    try {
      const response: unknown = await middleware(ctx);
      if (response instanceof Response) return response;
      throw new TypeError(
        `Expected a Response from a middleware or handler of "${ctx.url.pathname}", got ${response}`,
      );
    } catch (error) {
      onError(error);
      throw error;
    }
  };
  return run(0);
}
