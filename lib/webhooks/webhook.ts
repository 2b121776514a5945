import { z } from "zod";
import type { Candle } from "../candles/candle.ts";
import { GRANULARITIES, type Granularity, parseGranularity } from "../candles/granularity.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../candles/product.ts";

/** One entry of the operator's file: where closed candles are posted to, and which ones. */
export interface Webhook {
  /** Identifies its position in the stream: a new name begins with what closes from then on. */
  readonly name: string;
  readonly url: string;
  /** The key that requests are signed with. */
  readonly key: Uint8Array<ArrayBuffer>;
  readonly products: ReadonlySet<ProductId> | "*";
  readonly granularities: readonly Granularity[];
  /** Only exact candles, which never change again. */
  readonly exactOnly: boolean;
}

const MAX_WEBHOOKS = 32;
const MAX_PRODUCTS = 1_000;
const MIN_KEY_BYTES = 24;
const SECRET = "whsec_ and at least 24 bytes in base64";

const WEBHOOK = z.strictObject({
  name: z.string().regex(
    /^[a-z0-9][a-z0-9-]{0,31}$/,
    "small letters, digits and hyphens, at most 32",
  ),
  url: z.string().refine(
    isUsableUrl,
    "a URL starting with http:// or https://, without credentials",
  ),
  secret: z.string().transform(readSecret),
  products: z.union([
    z.literal("*"),
    z.array(z.string().transform(parsed(parseProductId, PRODUCT_ID_SHAPE))).min(1).max(
      MAX_PRODUCTS,
    ),
  ], { error: `"*" or a list of products: ${PRODUCT_ID_SHAPE}` }).default("*"),
  granularities: z.array(
    z.string().transform(parsed(parseGranularity, GRANULARITIES.join(", "))),
    { error: `a list of ${GRANULARITIES.join(", ")}` },
  ).min(1).default(["ONE_MINUTE"]),
  exactOnly: z.boolean({ error: "true or false" }).default(false),
});

const FILE = z.strictObject({
  webhooks: z.array(WEBHOOK).max(MAX_WEBHOOKS),
}).refine(({ webhooks }) => new Set(webhooks.map(({ name }) => name)).size === webhooks.length, {
  path: ["webhooks"],
  message: "each name once",
});

/** Reads a file of webhooks. Throws an Error that names what is wrong and contains no secret. */
export function parseWebhooks(text: string): readonly Webhook[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    // The parser's own message may quote a secret.
    throw new Error("the file is not JSON");
  }
  const { data, error } = FILE.safeParse(read);
  if (data === undefined) {
    const [issue] = error.issues;
    const place = issue?.path.join(".") ?? "";
    throw new Error(`${place === "" ? "the file" : place}: give ${issue?.message ?? "less"}`);
  }
  return data.webhooks.map(({ secret, products, granularities, ...rest }) => ({
    ...rest,
    key: secret,
    products: products === "*" ? products : new Set(products),
    granularities: [...new Set(granularities)],
  }));
}

/** Whether a webhook takes a closed candle. */
export function wants(webhook: Webhook, { productId, granularity, exact }: Candle): boolean {
  return (webhook.products === "*" || webhook.products.has(productId)) &&
    webhook.granularities.includes(granularity) && (exact || !webhook.exactOnly);
}

function isUsableUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" &&
    url.password === "" && url.hash === "";
}

function readSecret(text: string, context: z.RefinementCtx): Uint8Array<ArrayBuffer> {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  try {
    const key = Uint8Array.fromBase64(base64 ?? "");
    if (key.length >= MIN_KEY_BYTES) return key;
  } catch {
    // The issue below reports it.
  }
  context.addIssue({ code: "custom", message: SECRET });
  return z.NEVER;
}

function parsed<T>(parse: (text: string) => T | null, allowed: string) {
  return (text: string, context: z.RefinementCtx): T => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  };
}
