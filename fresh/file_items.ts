import type { RouteConfig } from "./config.ts";
import { compareRoutes, type FsRoute } from "./fs_routes.ts";
import { METHODS, type RouteHandler } from "./handlers.ts";
import type { Middleware } from "./middleware.ts";
import type { RouteComponent } from "./page_props.ts";
import type { Item } from "./routing.ts";

/** The items that the files of a routes folder stand for. Throws an Error naming a file that exports none. */
export function fileItems<State>(routes: readonly FsRoute[]): Item<State>[] {
  return routes.toSorted(compareRoutes).map((route) => fileItem<State>(route));
}

function fileItem<State>({ kind, file, folder, pattern, module }: FsRoute): Item<State> {
  const component = module.default;
  const handler = module.handler ?? module.handlers;
  const config = isConfig(module.config) ? module.config : {};
  if (kind === "middleware") {
    const middlewares = [handler ?? component].flat();
    if (!middlewares.every(isMiddleware<State>)) {
      throw new TypeError(`${file} must export a middleware, or an array of them, as "handler"`);
    }
    return { kind, path: folder, middlewares };
  }
  const route = {
    config,
    component: isComponent<State>(component) ? component : undefined,
    handler: isHandler<State>(handler) ? handler : undefined,
  };
  if (kind === "app" || kind === "layout") {
    if (route.component === undefined) {
      throw new TypeError(`${file} must export a component as default`);
    }
    return { kind, path: folder, component: route.component, config };
  }
  if (route.component === undefined && route.handler === undefined) {
    throw new TypeError(`${file} must export "handler", or a component as default`);
  }
  if (kind === "error") return { kind, path: folder, route };
  return { kind, scope: folder, path: pattern, route };
}

function isMiddleware<State>(value: unknown): value is Middleware<State> {
  return typeof value === "function";
}

function isComponent<State>(value: unknown): value is RouteComponent<State> {
  return typeof value === "function";
}

function isHandler<State>(value: unknown): value is RouteHandler<unknown, State> {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null &&
    METHODS.some((method) => method in value);
}

function isConfig(value: unknown): value is RouteConfig {
  return typeof value === "object" && value !== null;
}
