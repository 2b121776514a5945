import type { AnyComponent } from "preact";
import type { HandlerByMethod, HandlerFn, RouteHandler } from "./handlers.ts";
import type { Middleware } from "./middleware.ts";
import type { PageProps } from "./page_props.ts";

/** Identity functions that give TypeScript the types of an app's routes; see {@linkcode createDefine}. */
export interface Define<State> {
  /** A route's handlers: one function for all methods, or an object of them by method. */
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(
    handlers: Handlers,
  ): typeof handlers;
  /** A page. `define.page<typeof handler>` types `props.data` by what the handlers give to `page()`. */
  page<
    Handler extends RouteHandler<unknown, State> = never,
    Data = Handler extends HandlerFn<infer D, State> ? D
      : Handler extends HandlerByMethod<infer D, State> ? D
      : never,
  >(render: AnyComponent<PageProps<Data, State>>): typeof render;
  /** One middleware, or an array of them. */
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;
  /** A layout or app wrapper; `props.Component` is what it wraps. */
  layout(render: AnyComponent<PageProps<unknown, State>>): typeof render;
}

/** Binds the {@linkcode Define} functions to an app's state; call it once and import the result in routes. */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    middleware: (middleware) => middleware,
    layout: (render) => render,
  };
}
