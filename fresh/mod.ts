/** The public API of Fresh 2 that this project's app uses; see README.md. */
export { App } from "./app.ts";
export type { FreshConfig, LayoutConfig, ResolvedFreshConfig, RouteConfig } from "./config.ts";
export type { Context } from "./context.ts";
export { createDefine, type Define } from "./define.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type Method,
  page,
  type PageResponse,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export { HttpError } from "./http_error.ts";
export type { Middleware } from "./middleware.ts";
export { csp, type CSPOptions } from "./middlewares/csp.ts";
export { csrf } from "./middlewares/csrf.ts";
export { staticFiles } from "./middlewares/static_files.ts";
export type { ListenOptions } from "./serve.ts";
export type { PageProps } from "./page_props.ts";
