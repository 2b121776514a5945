import { App, type Context, createDefine, csp, HttpError, staticFiles } from "fresh";
import type { DownloadPlaces } from "./lib/api/downloads.ts";
import type { StreamDoor } from "./lib/api/stream_answer.ts";
import type { FinalPages } from "./lib/api/final_pages.ts";
import type { Archive } from "./lib/history/archive.ts";
import type { Catalogue } from "./lib/exchange/catalogue.ts";
import type { Granularity } from "./lib/candles/granularity.ts";
import type { ProductId } from "./lib/candles/product.ts";
import type { Config } from "./lib/config.ts";
import type { AuditDates } from "./lib/history/audit_dates.ts";
import type { ExactPasts } from "./lib/history/exact_pasts.ts";
import type { Screener } from "./lib/history/screener.ts";
import type { History } from "./lib/history/history.ts";
import { type Logger, logger } from "./lib/log.ts";
import { requesterOf } from "./lib/http/requester.ts";
import type { CostBudget, Requester } from "./lib/http/cost_budget.ts";
import { echoed } from "./lib/http/echo.ts";
import { problemResponse } from "./lib/http/problem.ts";
import type { RequestLimit } from "./lib/http/request_rate.ts";
import { DATA_POLICY, secure } from "./lib/http/security_headers.ts";
import { withoutTrailingSlash } from "./lib/http/trailing_slash.ts";
import type { Figures, Status } from "./lib/metrics/status.ts";
import { shareFile } from "./lib/http/shared_files.ts";
import type { Hub } from "./lib/stream/hub.ts";

export type { CatalogueProduct } from "./lib/exchange/catalogue_product.ts";
export type {
  Counts,
  FeedConnection,
  Figures,
  PartState,
  ProductsState,
  Status,
  StreamFigures,
  WebhookState,
  WorkersState,
  WorkerState,
} from "./lib/metrics/status.ts";
export type { AuditDifference, AuditState } from "./lib/repair/audit_state.ts";
export type { RepairState } from "./lib/repair/repair_state.ts";

/** All services of a request. All of them answer from the first moment, also while starting. */
export interface Services {
  readonly config: Config;
  readonly hub: Hub;
  /** Opens streams of the hub. */
  readonly streams: StreamDoor;
  readonly catalogue: Catalogue;
  readonly history: History;
  readonly archive: Archive;
  /** Dates until which products were compared with the exchange's own candles. */
  readonly auditDates: AuditDates;
  /** How far back products' candles are exact. */
  readonly exactPasts: ExactPasts;
  /** The figures that products are screened by. */
  readonly screener: Screener;
  readonly requests: RequestLimit;
  readonly downloads: DownloadPlaces;
  /** What reading history may cost, in rows. */
  readonly reads: CostBudget;
  readonly finalPages: FinalPages;
  /**
   * A version of a key's stored past, which changes when there is more of it or more of it is exact. Rejects while the
   * store is down.
   */
  pastVersion(productId: ProductId, granularity: Granularity): Promise<string>;
  status(): Status;
  /** False while the process that a web worker depends on hangs. */
  isAlive(): boolean;
  /** Counts and levels, as values. */
  figures(): Promise<Figures>;
  /** The Prometheus exposition text; null in a web worker whose parent does not answer. */
  metrics(): Promise<string | null>;
}

export interface State {
  services: Services;
  /** The request's id in its answer and in the log. */
  requestId: string;
  requester: Requester;
  log: Logger;
  /** The answer is an error page: it repeats nothing of the address, which may be hostile. */
  isError?: boolean;
}

export const define = createDefine<State>();

/** Answers errors from outside the routes' middleware: of static files, the policy, or that middleware itself. */
function failed({ req, url, state: { requestId, log } }: Context<State>, error: unknown): Response {
  if (error instanceof HttpError && error.status < 500) throw error;
  log.error("{method} {path} failed", {
    method: req.method,
    path: echoed(url.pathname),
    requestId,
    error,
  });
  return problemResponse({
    status: 500,
    title: "Something broke",
    detail: `It is in the log as request ${requestId}.`,
  }, { "content-security-policy": DATA_POLICY });
}

/** The web application over its services; file routes come from `routes/`. */
export function createApp(services: Services): App<State> {
  const app = new App<State>({ trustProxy: services.config.trustProxy });
  const log = logger("web");
  app.use(async (ctx) => {
    const requestId = crypto.randomUUID();
    const requester = requesterOf(ctx.req, ctx.info.remoteAddr, services.config.trustProxy);
    Object.assign(ctx.state, { services, requestId, requester, log });
    const elsewhere = withoutTrailingSlash(ctx.url);
    const response = elsewhere === null
      ? await ctx.next().catch((error) => failed(ctx, error))
      : new Response(null, {
        status: 308,
        headers: { location: elsewhere, "content-security-policy": DATA_POLICY },
      });
    response.headers.set("x-request-id", requestId);
    return secure(response, ctx.url);
  });
  app.use(async (ctx) => {
    const origin = ctx.req.headers.get("origin");
    return shareFile(await ctx.next(), ctx.url, origin, services.config.corsOrigins);
  });
  // For static files Fresh refuses a method without naming the allowed ones.
  app.use(async (ctx) => {
    const response = await ctx.next();
    if (response.status === 405 && !response.headers.has("allow")) {
      response.headers.set("allow", "GET, HEAD");
    }
    return response;
  });
  // After the state, which the error page needs; before the policy, which is about pages.
  app.use(staticFiles());
  app.use(csp({ useNonce: true }));
  app.fsRoutes();
  return app;
}
