import { createDocument, type ZodOpenApiOperationObject } from "zod-openapi";
import { type Endpoint, ENDPOINTS } from "./endpoints.ts";
import { PROBLEM } from "./schemas.ts";

/** The description of the API in OpenAPI 3.1. */
export type OpenApiDocument = ReturnType<typeof createDocument>;

/** One operation as the document has it. */
export type OperationDescription = NonNullable<
  NonNullable<OpenApiDocument["paths"]>[string]["get"]
>;

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
  return createDocument({
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
  });
}

function operation(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { id, summary, description, query, inPath, answers, errors, conditional, unavailable } =
    endpoint;
  const content = Object.entries(answers).map(([type, schema]) => [type, {
    schema: schema ?? { type: "string" as const },
  }]);
  const failures = errors.map((status) => [status, {
    description: ERRORS[status],
    content: { "application/problem+json": { schema: PROBLEM } },
  }]);
  return {
    operationId: id,
    summary,
    description,
    requestParams: {
      ...(inPath === null ? {} : { path: inPath }),
      ...(query === null ? {} : { query }),
    },
    responses: {
      200: { description: "What was asked for.", content: Object.fromEntries(content) },
      ...(conditional ? { 304: { description: "What the client has still holds." } } : {}),
      ...Object.fromEntries(failures),
      ...(unavailable === undefined ? {} : {
        503: {
          description: "The same, while something is not well.",
          content: { "application/json": { schema: unavailable } },
        },
      }),
    },
  };
}
