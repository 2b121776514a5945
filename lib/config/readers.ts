import { parseBytes } from "../bus/layout_settings.ts";
import { type Granularity, parseGranularity } from "../candles/granularity.ts";
import type { ProductId } from "../candles/product.ts";
import { nameInKeyFile, plainText } from "../coinbase/private_key.ts";
import { type Variable, variable } from "./variable.ts";

/** Which products to follow: the most traded `-USD` ones, all that are online, or these. */
export type ProductChoice =
  | { readonly kind: "top" }
  | { readonly kind: "all" }
  | { readonly kind: "list"; readonly ids: readonly ProductId[] };

/** A stream's block has some megabytes; a smaller limit would keep almost nothing. */
const LEAST_BYTES = 1024 ** 2;

/** An amount of storage, in bytes. */
export function bytes(fallback: string): Variable<number> {
  const allowed = "a number of bytes, or one of KiB, MiB or GiB, of 1MiB at least";
  return variable(parseBytes(fallback) ?? NaN, allowed, (text) => {
    const value = parseBytes(text);
    return value !== null && value >= LEAST_BYTES ? value : null;
  });
}

/** A text of some pattern. */
export function matching(pattern: RegExp): (text: string) => string | null {
  return (text) => pattern.test(text) ? text : null;
}

/** One of NATS' servers. */
export function readNatsServer(text: string): string | null {
  const match = /^(?:(?:nats|tls):\/\/)?(?:([^\s/@]+)@)?[\w.:[\]-]+\/?$/.exec(text);
  if (match === null) return null;
  // A login must be percent-encoded, so a bare percent sign is refused.
  return /%(?![0-9a-f]{2})/i.test(match[1] ?? "") ? null : text;
}

/** A path on one line, so that a file's content given in its place is refused. */
export function readPath(text: string): string | null {
  return /[\n\0]|-----BEGIN/.test(text) ? null : text;
}

/** The pages' public URL, without a slash at the end. */
export function readPublicUrl(text: string): string | null {
  const origin = readOrigin(text.replace(/\/$/, ""));
  return origin === "*" ? null : origin;
}

/** The name itself, or the JSON key file that has it. */
export function readKeyName(text: string): string | null {
  const name = nameInKeyFile(text) ?? plainText(text);
  return /^[\x21-\x7e]+$/.test(name) && !name.startsWith("{") ? name : null;
}

/** The choice made by a list of products or `*`; null stands for no list. */
export function chooseProducts(list: readonly (ProductId | "*")[] | null): ProductChoice {
  if (list === null) return { kind: "top" };
  const ids = list.filter((id): id is ProductId => id !== "*");
  return ids.length < list.length ? { kind: "all" } : { kind: "list", ids };
}

/** `ONE_MINUTE:90`. */
export function readRetention(text: string): readonly [Granularity, number] | null {
  const [name, days, ...rest] = text.split(":");
  const granularity = parseGranularity(name ?? "");
  if (granularity === null || rest.length > 0 || !/^[1-9]\d{0,5}$/.test(days ?? "")) return null;
  return [granularity, Number(days)];
}

/** An origin of pages, or `*`. */
export function readOrigin(text: string): string | null {
  if (text === "*") return text;
  const url = URL.parse(text);
  if (url === null || !["https:", "http:"].includes(url.protocol)) return null;
  return url.href === `${url.origin}/` ? url.origin : null;
}
