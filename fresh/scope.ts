import type { LayoutConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./middleware.ts";
import { pageProps, renderComponent, type RouteComponent } from "./page_props.ts";
import { type RequestState, stateOf, type Wrap } from "./request_state.ts";
import { renderRoute, type Route } from "./route.ts";

/** What covers the routes below one path: middlewares, a layout, an error page; at the root also the rest. */
export class Scope<State> {
  readonly middlewares: Middleware<State>[] = [];
  layout: { component: RouteComponent<State>; config: LayoutConfig } | null = null;
  errorRoute: Route<State> | null = null;
  app: RouteComponent<State> | null = null;
  notFound: Route<State> | null = null;
  readonly #parent: Scope<State> | null;
  readonly #children = new Map<string, Scope<State>>();

  constructor(parent: Scope<State> | null = null) {
    this.#parent = parent;
  }

  /** The scope of a path below this one, made if it is new. */
  at(path: string): Scope<State> {
    // An optional part does not make a separate scope: middlewares of "/api" cover
    // "/api{/:version}?".
    const names = path.replace(/\/?\{[^}]*\}\??/g, "").split("/").filter((name) =>
      name !== "" && name !== "*"
    );
    let scope: Scope<State> = this.#root();
    if (this !== scope) throw new Error("Scopes are found from the root");
    for (const name of names) scope = scope.#child(name);
    return scope;
  }

  /** The middlewares that a route here runs through, as they are now: later additions do not count. */
  chain(): Middleware<State>[] {
    const above = this.#parent === null ? [] : this.#parent.chain();
    return [...above, this.#boundary(), ...this.middlewares];
  }

  #root(): Scope<State> {
    return this.#parent === null ? this : this.#parent.#root();
  }

  #child(name: string): Scope<State> {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const child = new Scope(this);
    this.#children.set(name, child);
    return child;
  }

  /** Puts the scope's layout around what is rendered below, and its error page in place of what fails. */
  #boundary(): Middleware<State> {
    const { app, layout, errorRoute } = this;
    const root = this.#root();
    return async (ctx) => {
      const state = stateOf(ctx);
      if (app !== null) state.app = wrap(ctx, app);
      if (layout !== null) addLayout(ctx, state, layout.component, layout.config);
      const { app: ownApp, layouts: ownLayouts } = state;
      try {
        return await ctx.next();
      } catch (error) {
        const status = error instanceof HttpError ? error.status : 500;
        const route = status === 404 && root.notFound !== null ? root.notFound : errorRoute;
        if (route === null) throw error;
        ctx.error = error;
        state.app = ownApp;
        state.layouts = ownLayouts;
        return await renderRoute(ctx, route, status);
      }
    };
  }
}

function addLayout<State>(
  ctx: Context<State>,
  state: RequestState,
  component: RouteComponent<State>,
  config: LayoutConfig,
): void {
  if (config.skipAppWrapper) state.app = null;
  const own = wrap(ctx, component);
  state.layouts = config.skipInheritedLayouts ? [own] : [...state.layouts, own];
}

function wrap<State>(ctx: Context<State>, component: RouteComponent<State>): Wrap {
  return (Component) => renderComponent(component, pageProps(ctx, undefined, Component));
}
