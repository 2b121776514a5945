/** What `new App()` takes. */
export interface FreshConfig {
  /** A path that everything is served below, for example `/spot`. */
  basePath?: string;
  /** Take the scheme and host of `ctx.url` from `X-Forwarded-Proto` and `X-Forwarded-Host`. */
  trustProxy?: boolean;
}

/** {@linkcode FreshConfig} with its defaults, and the project's root directory. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  /** `production` unless the dev server runs the app. */
  mode: "development" | "production";
  trustProxy: boolean;
}

/** What a route module may export as `config`. */
export interface RouteConfig {
  /** A URLPattern path to answer instead of the one of its file name. */
  routeOverride?: string;
  /** Render without the layouts above. */
  skipInheritedLayouts?: boolean;
  /** Render without `_app`. */
  skipAppWrapper?: boolean;
}

/** What a layout module may export as `config`, and the third argument of `ctx.render`. */
export type LayoutConfig = Pick<RouteConfig, "skipInheritedLayouts" | "skipAppWrapper">;
