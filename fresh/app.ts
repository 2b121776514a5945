import type { FreshConfig, LayoutConfig, ResolvedFreshConfig, RouteConfig } from "./config.ts";
import { Context } from "./context.ts";
import { fileItems } from "./file_items.ts";
import { type Method, METHODS } from "./handlers.ts";
import { HttpError, statusText } from "./http_error.ts";
import { type Middleware, runMiddlewares } from "./middleware.ts";
import type { RouteComponent } from "./page_props.ts";
import { bindState } from "./request_state.ts";
import { type Match, Router } from "./router.ts";
import { addItems, type Chain, type Item } from "./routing.ts";
import type { Route } from "./route.ts";
import { Scope } from "./scope.ts";
import { type ListenOptions, serve } from "./serve.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "./snapshot.ts";
import { requestUrl } from "./request_url.ts";

/** Answers a request; `info` is what `Deno.serve` passes. */
export type AppHandler = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** Gives an app what its build knows. Not part of the public API: the builder and server.js call it. */
export let useSnapshot: <State>(
  app: App<State>,
  snapshot: Snapshot,
  mode: ResolvedFreshConfig["mode"],
) => void;

/** Hears of everything thrown in an app's chain, handled or not. For the dev server. */
export let onAnyError: <State>(
  app: App<State>,
  listener: (request: Request, error: unknown) => void,
) => void;

/**
 * Routes requests through middlewares to handlers and pages. Items apply top to bottom: a middleware
 * covers the routes added after it.
 */
export class App<State> {
  /** The current configuration. */
  config: ResolvedFreshConfig;
  readonly #items: Item<State>[] = [];
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  #errorListener: (request: Request, error: unknown) => void = () => {};

  static {
    useSnapshot = (app, snapshot, mode) => {
      app.#snapshot = snapshot;
      app.config.root = snapshot.root;
      app.config.mode = mode;
    };
    onAnyError = (app, listener) => {
      app.#errorListener = listener;
    };
  }

  constructor(config: FreshConfig = {}) {
    this.config = {
      root: ".",
      basePath: config.basePath ?? "",
      mode: "production",
      trustProxy: config.trustProxy ?? false,
    };
  }

  /** Adds middlewares, for everything or below a path. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    return typeof first === "string"
      ? this.#add({ kind: "middleware", path: first, middlewares: rest })
      : this.#add({ kind: "middleware", path: "*", middlewares: [first, ...rest] });
  }

  get(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["GET"], path, handlers);
  }
  post(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["POST"], path, handlers);
  }
  put(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["PUT"], path, handlers);
  }
  patch(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["PATCH"], path, handlers);
  }
  delete(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["DELETE"], path, handlers);
  }
  head(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(["HEAD"], path, handlers);
  }
  /** Every method. */
  all(path: string, ...handlers: Middleware<State>[]): this {
    return this.#handle(METHODS, path, handlers);
  }

  /** A page with its handlers. */
  route(path: string, route: Route<State>, config?: RouteConfig): this {
    const merged = { ...route, config: { ...route.config, ...config } };
    return this.#add({ kind: "route", scope: path, path, route: merged });
  }

  /** Inserts the routes folder's files here, below `pattern` if given. */
  fsRoutes(pattern = "*"): this {
    return this.#add({
      kind: "group",
      path: pattern,
      items: () => fileItems(this.#snapshot.routes),
    });
  }

  /** The outer HTML of every page. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add({ kind: "app", component });
  }

  /** A layout around the pages at and below the path. */
  layout(path: string, component: RouteComponent<State>, config: LayoutConfig = {}): this {
    return this.#add({ kind: "layout", path, component, config });
  }

  /** What answers when something below the path throws; `ctx.error` is what was thrown. */
  onError(path: string, handler: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "error", path, route: asRoute(handler) });
  }

  /** What answers 404s, of unknown paths and thrown ones. */
  notFound(handler: Route<State> | Middleware<State>): this {
    return this.#add({ kind: "notFound", route: asRoute(handler) });
  }

  /** The app in its current state, as a function. */
  handler(): AppHandler {
    const router = new Router<Chain<State>>();
    const root = new Scope<State>();
    addItems(root, router, this.#items, this.config.basePath);
    const unmatched = root.chain();
    const snapshot = this.#snapshot;

    return async (request, info = LOCAL) => {
      const url = requestUrl(request, this.config.trustProxy);
      const match = router.match(request.method, url.pathname);
      const ctx = new Context<State>({
        req: request,
        url,
        params: match.params,
        route: match.pattern,
        info,
        config: this.config,
        state: emptyState<State>(),
      });
      bindState(ctx, { snapshot, app: null, layouts: [] });
      const listen = (error: unknown) => this.#errorListener(request, error);
      const response = await answer(ctx, match, unmatched, listen);
      if (request.method !== "HEAD" || response.body === null) return response;
      await response.body.cancel();
      return new Response(null, response);
    };
  }

  /** Serves the app; without a port, on the first free one from 8000 on. */
  async listen(options: ListenOptions = {}): Promise<void> {
    await serve(options, this.handler()).finished;
  }

  #handle(methods: readonly Method[], path: string, handlers: Middleware<State>[]): this {
    return this.#add({ kind: "handlers", path, methods, handlers });
  }

  #add(item: Item<State>): this {
    this.#items.push(item);
    return this;
  }
}

const LOCAL: Deno.ServeHandlerInfo<Deno.NetAddr> = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
};

async function answer<State>(
  ctx: Context<State>,
  match: Match<Chain<State>>,
  unmatched: Chain<State>,
  listen: (error: unknown) => void,
): Promise<Response> {
  const allow = match.allowed.join(", ");
  try {
    return await runMiddlewares(ctx, match.item ?? unmatched, () => {
      if (match.pattern === null) return Promise.reject(new HttpError(404));
      if (allow !== "" && ctx.req.method === "OPTIONS") {
        return Promise.resolve(new Response(null, { status: 204, headers: { allow } }));
      }
      return Promise.reject(new HttpError(allow === "" ? 404 : 405));
    }, listen);
  } catch (error) {
    return defaultErrorResponse(error);
  }
}

function defaultErrorResponse(error: unknown): Response {
  const expected = error instanceof HttpError && error.status < 500;
  if (!expected) console.error(error);
  if (!(error instanceof HttpError)) return new Response("Internal server error", { status: 500 });
  const { status } = error;
  return new Response(error.message || statusText(status), { status });
}

function asRoute<State>(handler: Route<State> | Middleware<State>): Route<State> {
  return typeof handler === "function" ? { handler } : handler;
}

// Middlewares fill the state in before routes read it; that is the contract of `State`.
function emptyState<State>(): State {
  return {} as State;
}
