import type { LayoutConfig } from "./config.ts";
import { type Method, METHODS } from "./handlers.ts";
import type { Middleware } from "./middleware.ts";
import type { RouteComponent } from "./page_props.ts";
import { joinPath, type Router } from "./router.ts";
import { renderRoute, type Route } from "./route.ts";
import type { Scope } from "./scope.ts";

/** One call on an app, or one file of its routes folder. */
export type Item<State> =
  | { kind: "middleware"; path: string; middlewares: readonly Middleware<State>[] }
  | {
    kind: "handlers";
    path: string;
    methods: readonly Method[];
    handlers: readonly Middleware<State>[];
  }
  | { kind: "route"; scope: string; path: string; route: Route<State> }
  | { kind: "layout"; path: string; component: RouteComponent<State>; config: LayoutConfig }
  | { kind: "error"; path: string; route: Route<State> }
  | { kind: "notFound"; route: Route<State> }
  | { kind: "app"; component: RouteComponent<State> }
  | { kind: "group"; path: string; items: () => readonly Item<State>[] };

/** What a matched request runs through, its handler last. */
export type Chain<State> = readonly Middleware<State>[];

/** Builds the router and the scopes from the items, in order. `base` is put before every pattern. */
export function addItems<State>(
  root: Scope<State>,
  router: Router<Chain<State>>,
  items: readonly Item<State>[],
  base: string,
  below = "",
): void {
  for (const item of items) {
    switch (item.kind) {
      case "middleware":
        root.at(joinPath(below, item.path)).middlewares.push(...item.middlewares);
        break;
      case "handlers": {
        const chain = [...root.at(joinPath(below, item.path)).chain(), ...item.handlers];
        router.add(item.methods, joinPath(base, joinPath(below, item.path)), chain);
        break;
      }
      case "route": {
        const { route } = item;
        const chain = root.at(joinPath(below, item.scope)).chain();
        const path = joinPath(below, route.config?.routeOverride ?? item.path);
        chain.push((ctx) => renderRoute(ctx, route));
        // As in Fresh, a route takes every method: one that it has no handler for is its own 404.
        router.add(METHODS, joinPath(base, path), chain);
        break;
      }
      case "layout":
        root.at(joinPath(below, item.path)).layout = item;
        break;
      case "error":
        root.at(joinPath(below, item.path)).errorRoute = item.route;
        break;
      case "notFound":
        root.notFound = item.route;
        break;
      case "app":
        root.app = item.component;
        break;
      case "group":
        addItems(root, router, item.items(), base, item.path === "*" ? below : item.path);
        break;
    }
  }
}
