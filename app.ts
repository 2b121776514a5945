import { App, createDefine, csp, staticFiles } from "fresh";
import type { EpochSeconds } from "./lib/candles/granularity.ts";
import type { Catalogue } from "./lib/catalogue.ts";
import type { Config } from "./lib/config.ts";
import type { History } from "./lib/history.ts";
import type { Hub } from "./lib/stream/hub.ts";

export type { CatalogueProduct } from "./lib/catalogue_product.ts";

/** How one of the outside parties is doing. */
export interface PartState {
  readonly state: "starting" | "up" | "degraded" | "down" | "off";
  /** One line for a person: what is wrong, or null. */
  readonly detail: string | null;
}

/** What `/readyz`, `/status` and the pages' badge show. */
export interface Status {
  readonly feed: PartState;
  readonly bus: PartState;
  readonly store: PartState;
  /** Candles come from the simulated exchange. */
  readonly simulated: boolean;
  readonly version: string;
  readonly startedAt: EpochSeconds;
}

/** All that a request can ask for. Everything answers from the first moment, also while starting. */
export interface Services {
  readonly config: Config;
  readonly hub: Hub;
  readonly catalogue: Catalogue;
  readonly history: History;
  status(): Status;
  /** The Prometheus exposition text. */
  metrics(): Promise<string>;
}

/** What travels with a request. */
export interface State {
  services: Services;
  requestId: string;
}

export const define = createDefine<State>();

/** The web application over its services; file routes come from `routes/`. */
export function createApp(services: Services): App<State> {
  const app = new App<State>();
  app.use(staticFiles());
  app.use((ctx) => {
    ctx.state.services = services;
    ctx.state.requestId = crypto.randomUUID();
    return ctx.next();
  });
  app.use(csp({ useNonce: true }));
  app.fsRoutes();
  return app;
}
