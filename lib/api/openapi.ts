import { createDocument, type ZodOpenApiOperationObject } from "zod-openapi";
import type { z } from "zod";
import { type Endpoint, ENDPOINTS, TAGS } from "./endpoints.ts";
import { PROBLEM } from "./schemas.ts";

/** The description of the API in OpenAPI 3.1. */
export type OpenApiDocument = ReturnType<typeof createDocument>;

export type OperationDescription = NonNullable<
  NonNullable<OpenApiDocument["paths"]>[string]["get"]
>;

const ERRORS: Readonly<Record<Endpoint["errors"][number], string>> = {
  400: "Values that cannot be used; every one is named.",
  404: "No such product here.",
  429:
    "Too many requests or streams of this address, or too much history read by it; `retry-after` has the seconds to wait.",
  503:
    "Not available at the moment, or too much history is being read; `retry-after` has the seconds to wait.",
};

const TEXT = { type: "string" } as const;

/** Making one takes 10 ms, and a program has one version. */
const made = new Map<string, OpenApiDocument>();

/** The document, made once from the schemas that read requests. `version` is the program's. */
export function openApiDocument(version: string): OpenApiDocument {
  const document = made.get(version) ?? makeDocument(version);
  made.set(version, document);
  return document;
}

function makeDocument(version: string): OpenApiDocument {
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Spot Canvas",
      version,
      summary: "Exact candles from Coinbase's trades, live and historical.",
      description:
        "Plain HTTP, no key. Numbers are JSON numbers with every digit the exchange gave; times are UTC. Errors are " +
        "problem details (RFC 9457) that name each bad value.",
      contact: { name: "The operator of this server" },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    // Schemas that are only referenced must be listed here.
    components: { schemas: Object.fromEntries(ENDPOINTS.flatMap(eventSchemas)) },
    paths: Object.fromEntries(
      ENDPOINTS.map((endpoint) => [endpoint.path, { get: operation(endpoint) }]),
    ),
  });
}

function operation(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { id, tag, summary, description, query, inPath, answers, errors } = endpoint;
  const { conditional, events, unavailable } = endpoint;
  const content = Object.entries(answers).map(([type, schema]) => [type, {
    schema: schema ?? (events === undefined ? TEXT : { ...TEXT, ...streamOf(type, events) }),
  }]);
  const failures = errors.map((status) => [status, {
    description: ERRORS[status],
    content: { "application/problem+json": { schema: PROBLEM } },
  }]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    requestParams: {
      ...(inPath === null ? {} : { path: inPath }),
      ...(query === null ? {} : { query }),
    },
    responses: {
      200: { description: "What was requested.", content: Object.fromEntries(content) },
      ...(conditional ? { 304: { description: "What the client has still holds." } } : {}),
      ...Object.fromEntries(failures),
      ...(unavailable === undefined ? {} : {
        503: {
          description: "The same, while a check fails.",
          content: { "application/json": { schema: unavailable } },
        },
      }),
    },
  };
}

/** A stream's events, described field by field, by OpenAPI 3.2's convention for server-sent events. */
function streamOf(contentMediaType: string, events: NonNullable<Endpoint["events"]>) {
  const oneOf = Object.entries(events).map(([name, schema]) => ({
    type: "object" as const,
    properties: {
      event: { const: name },
      data: {
        ...TEXT,
        contentMediaType: "application/json",
        contentSchema: { $ref: `#/components/schemas/${schema.meta()?.id}` },
      },
    },
    required: ["event", "data"],
  }));
  return { contentMediaType, contentSchema: { oneOf } };
}

function eventSchemas({ events = {} }: Endpoint): [string, z.ZodType][] {
  return Object.values(events).map((schema) => [String(schema.meta()?.id), schema]);
}
