import { z } from "zod";
import { type Endpoint, ENDPOINTS } from "./endpoints.ts";
import { CANDLE, CANDLE_PAGE, CHART_HISTORY } from "./schemas.ts";
import { PROBLEM, PRODUCT_ENTRY, PRODUCT_LIST } from "./schemas.ts";

/** One parameter as the document has it. */
export interface ParameterDescription {
  readonly name: string;
  readonly in: "query" | "path";
  readonly required: boolean;
  readonly description: string;
  readonly example?: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** One operation as the document has it. */
export interface OperationDescription {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly ParameterDescription[];
  readonly responses: Readonly<Record<string, unknown>>;
}

/** The description of the API in OpenAPI 3.1. */
export interface OpenApiDocument {
  readonly openapi: "3.1.1";
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, { readonly get: OperationDescription }>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const SCHEMAS = {
  Candle: CANDLE,
  CandlePage: CANDLE_PAGE,
  ChartHistory: CHART_HISTORY,
  Problem: PROBLEM,
  Product: PRODUCT_ENTRY,
  ProductList: PRODUCT_LIST,
} as const;

const ERRORS: Readonly<Record<Endpoint["errors"][number], string>> = {
  400: "Values that cannot be used; every one is named.",
  404: "No such product here.",
  429:
    "Too many requests or streams of this address, or too much history read by it; `retry-after` says when to come " +
    "back.",
  503:
    "Not available at the moment, or too much history is being read; `retry-after` says when to ask again.",
};

/** Makes the document from the very schemas that requests are read with. `version` is the program's. */
export function openApiDocument(version: string): OpenApiDocument {
  return {
    openapi: "3.1.1",
    info: {
      title: "Spot Canvas",
      version,
      summary: "Exact candles from Coinbase's trades, live and historical.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths: Object.fromEntries(
      ENDPOINTS.map((endpoint) => [endpoint.path, { get: operation(endpoint) }]),
    ),
    components: { schemas: componentSchemas() },
  };
}

function operation(endpoint: Endpoint): OperationDescription {
  const { id, summary, description, query, inPath } = endpoint;
  return {
    operationId: id,
    summary,
    description,
    parameters: [...parameters(inPath, "path"), ...parameters(query, "query")],
    responses: responses(endpoint),
  };
}

function parameters(
  schema: z.ZodObject | null,
  place: ParameterDescription["in"],
): ParameterDescription[] {
  if (schema === null) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { description = "", example, ...own } = typeof property === "object" ? property : {};
    return {
      name,
      in: place,
      required: required.includes(name),
      description,
      ...(typeof example === "string" ? { example } : {}),
      schema: own,
    };
  });
}

function responses({ answers, errors, conditional }: Endpoint): Record<string, unknown> {
  const content = Object.fromEntries(
    Object.entries(answers).map(([type, schema]) => [type, {
      schema: schema === null ? { type: "string" } : { $ref: referenceTo(schema) },
    }]),
  );
  const failures = errors.map((status) => [status, {
    description: ERRORS[status],
    content: { "application/problem+json": { schema: { $ref: referenceTo(PROBLEM) } } },
  }]);
  return {
    200: { description: "What was asked for.", content },
    ...(conditional ? { 304: { description: "What the client has still holds." } } : {}),
    ...Object.fromEntries(failures),
  };
}

function referenceTo(schema: z.ZodType): string {
  const [name] = Object.entries(SCHEMAS).find(([, own]) => own === schema) ?? [];
  if (name === undefined) throw new TypeError("a schema that the document does not name");
  return `#/components/schemas/${name}`;
}

function componentSchemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _dialect, $id: _address, ...own } = schema;
      return [name, own];
    }),
  );
}
