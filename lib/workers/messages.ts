import type { MetricObjectWithValues, MetricValue } from "prom-client";
import { z } from "zod";
import type { ProductId } from "../candles/product.ts";
import type { Absence } from "../exchange/absence.ts";
import type { CatalogueProduct } from "../exchange/catalogue_product.ts";
import type { Figures, PartState, Status } from "../metrics/status.ts";
import type { StreamRefusal } from "../stream/stream_counts.ts";

/** What is counted for all web processes together. */
export type Counted = "streams" | "downloads" | "requests";

/** A worker's request for a place: for one more stream, download or request. */
export interface Question {
  readonly id: number;
  readonly what: Counted;
  readonly address: string;
}

/** `refusal` is null if there is room; `waitSeconds` is when the next request may proceed. */
export interface Answer {
  readonly id: number;
  readonly refusal: StreamRefusal | null;
  readonly waitSeconds: number | null;
}

/** A family of metrics, as prom-client gives it as values. */
export type MetricFamily = MetricObjectWithValues<MetricValue<string>>;

/** A process's figures. */
export interface Report {
  readonly families: readonly MetricFamily[];
  readonly figures: Figures;
}

/** A worker's state, as it reports it. */
export interface Condition {
  readonly bus: PartState;
  readonly store: PartState;
  readonly streams: number;
  /** Products that its streams request by name. */
  readonly named: readonly ProductId[];
}

/** The servers that all processes of one start use. */
export interface ServerUrls {
  readonly databaseUrl: string;
  readonly natsServers: readonly string[];
}

export interface CatalogueContent {
  readonly products: readonly CatalogueProduct[];
  /** Why other products are absent; null if unknown. */
  readonly absences: ReadonlyMap<ProductId, Absence> | null;
}

/** From the parent to a worker. */
export type ToWorker =
  | { readonly kind: "servers"; readonly urls: ServerUrls }
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "catalogue"; readonly content: CatalogueContent }
  | { readonly kind: "answers"; readonly answers: readonly Answer[] }
  | { readonly kind: "report" }
  | { readonly kind: "metrics"; readonly text: string }
  | { readonly kind: "figures"; readonly figures: Figures }
  | { readonly kind: "stop" };

/** From a worker to its parent. */
export type ToParent =
  | { readonly kind: "listening" }
  | { readonly kind: "condition"; readonly condition: Condition }
  | { readonly kind: "questions"; readonly questions: readonly Question[] }
  | { readonly kind: "left"; readonly what: Counted; readonly address: string }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "metrics" }
  | { readonly kind: "figures" };

/** Both ends are the same version of the same program, so only a message's kind is checked. */
const KINDS_TO_WORKER = [
  "servers",
  "status",
  "catalogue",
  "answers",
  "report",
  "metrics",
  "figures",
  "stop",
];
const KINDS_TO_PARENT = [
  "listening",
  "condition",
  "questions",
  "left",
  "report",
  "metrics",
  "figures",
];

/** Reads what came from the parent. Throws for anything else. */
export const readToWorker = reader<ToWorker>(KINDS_TO_WORKER);
/** Reads what came from a worker. Throws for anything else. */
export const readToParent = reader<ToParent>(KINDS_TO_PARENT);

function reader<T>(kinds: readonly string[]): (message: unknown) => T {
  const schema = z.custom<T>((message) =>
    typeof message === "object" && message !== null && "kind" in message &&
    typeof message.kind === "string" && kinds.includes(message.kind)
  );
  return (message) => schema.parse(message);
}
