import { Fragment, h } from "preact";
import type { RouteConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { type HandlerByMethod, type HandlerFn, METHODS, type RouteHandler } from "./handlers.ts";
import { HttpError } from "./http_error.ts";
import { pageProps, renderComponent, type RouteComponent } from "./page_props.ts";
import { stateOf } from "./request_state.ts";

/** A page and the handlers that give it data; either may be missing. */
export interface Route<State> {
  component?: RouteComponent<State>;
  config?: RouteConfig;
  handler?: RouteHandler<unknown, State>;
}

/** Runs the route's handler and renders its page. `status` is the answer's unless the handler sets one. */
export async function renderRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const state = stateOf(ctx);
  if (route.config?.skipAppWrapper) state.app = null;
  if (route.config?.skipInheritedLayouts) state.layouts = [];

  const result = await handlerFor(route, ctx.req.method)(ctx);
  if (result instanceof Response) return result;
  if (result === null || typeof result !== "object" || !("data" in result)) {
    throw new TypeError(`The handler of "${ctx.route}" must return a Response or page(…)`);
  }
  const init = { status: result.status ?? status, headers: result.headers };
  if (route.component === undefined) return await ctx.render(null, init);
  const props = pageProps(ctx, result.data, () => null);
  const page = await renderComponent(route.component, props);
  return page instanceof Response ? page : await ctx.render(h(Fragment, null, page), init);
}

function handlerFor<State>(route: Route<State>, method: string): HandlerFn<unknown, State> {
  const { handler, component } = route;
  const render = component === undefined ? undefined : () => ({ data: {} });
  const own = handler === undefined
    ? render
    : typeof handler === "function"
    ? handler
    : byMethod({ GET: render, ...handler }, method);
  if (own === undefined) throw new HttpError(404);
  return own;
}

function byMethod<State>(
  handlers: HandlerByMethod<unknown, State>,
  method: string,
): HandlerFn<unknown, State> | undefined {
  const name = METHODS.find((candidate) => candidate === method);
  if (name === "HEAD") return handlers.HEAD ?? handlers.GET;
  return name === undefined ? undefined : handlers[name];
}
