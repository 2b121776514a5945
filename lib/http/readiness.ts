import type { PartState, Status } from "../metrics/status.ts";
import { type AllowedOrigins, crossOriginHeaders } from "./cross_origin.ts";

/** What the answer is made with. */
export interface ReadinessServices {
  status(): Status;
  readonly config: { readonly corsOrigins: AllowedOrigins };
}

const READY: ReadonlySet<PartState["state"]> = new Set(["up", "degraded", "off", "standby"]);

/** `/readyz`: 200 when no part is down or starting, else 503; either way each part's state as JSON. */
export function answerReadiness(services: ReadinessServices, request: Request): Response {
  const { feed, products, bus, store, workers, repair, simulated, version } = services.status();
  const ready = [feed, products, bus, store].every((part) => READY.has(part.state));
  return Response.json({ ready, feed, products, bus, store, workers, repair, simulated, version }, {
    status: ready ? 200 : 503,
    headers: {
      ...crossOriginHeaders(request.headers.get("origin"), services.config.corsOrigins),
      "cache-control": "no-store",
      ...(ready ? {} : { "retry-after": "2" }),
    },
  });
}
