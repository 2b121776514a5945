import { computed, signal } from "@preact/signals";

/** A value that JSON has no form for: its kind in `$`, its content in `v`. */
export interface Tagged {
  $: string;
  v?: Encoded;
}

/** JSON in which an object with a `$` is a {@linkcode Tagged} value. */
export type Encoded =
  | string
  | number
  | boolean
  | null
  | Encoded[]
  | Tagged
  | { [key: string]: Encoded };

/** Makes the values that {@linkcode import("./encode.ts").EncodeOther} encoded. */
export type DecodeOther = (kind: string, value: Encoded | undefined) => unknown;

/** Decodes what {@linkcode import("./encode.ts").encode} wrote, its shared values and cycles included. */
export function decode(json: string, other: DecodeOther): unknown {
  const { root, shared } = JSON.parse(json);
  return new Decoder(shared, other).value(root);
}

class Decoder {
  readonly #shared: Encoded[];
  readonly #other: DecodeOther;
  readonly #made = new Map<number, unknown>();

  constructor(shared: Encoded[], other: DecodeOther) {
    this.#shared = shared;
    this.#other = other;
  }

  /** `made` gets a container before its content is decoded, so that the content can refer to it. */
  value(encoded: Encoded | undefined, made: (value: unknown) => void = () => {}): unknown {
    if (typeof encoded !== "object" || encoded === null) return encoded;
    if (Array.isArray(encoded)) return this.#fill([], encoded, made);
    if (isTagged(encoded)) return this.#tagged(encoded.$, encoded.v, made);
    const object = {};
    made(object);
    for (const key in encoded) Reflect.set(object, key, this.value(encoded[key]));
    return object;
  }

  #tagged(kind: string, v: Encoded | undefined, made: (value: unknown) => void): unknown {
    switch (kind) {
      case "shared":
        return this.#sharedValue(Number(v));
      case "undefined":
        return undefined;
      case "number":
        return Number(v);
      case "bigint":
        return BigInt(String(v));
      case "date":
        return new Date(v === null ? NaN : Number(v));
      case "url":
        return new URL(String(v));
      case "bytes":
        return Uint8Array.from(atob(String(v)), (char) => char.charCodeAt(0));
      case "set": {
        const set = new Set<unknown>();
        made(set);
        for (const item of list(v)) set.add(this.value(item));
        return set;
      }
      case "map": {
        const map = new Map<unknown, unknown>();
        made(map);
        for (const entry of list(v)) {
          map.set(this.value(list(entry)[0]), this.value(list(entry)[1]));
        }
        return map;
      }
      case "object": {
        const object = {};
        made(object);
        for (const entry of list(v)) {
          // Defined, not set: a key of "__proto__" must stay a property.
          Object.defineProperty(object, String(list(entry)[0]), {
            value: this.value(list(entry)[1]),
            ...{ configurable: true, enumerable: true, writable: true },
          });
        }
        return object;
      }
      case "signal": {
        const live = signal<unknown>(undefined);
        made(live);
        live.value = this.value(v);
        return live;
      }
      case "computed": {
        const content: { value?: unknown } = {};
        const fixed = computed(() => content.value);
        made(fixed);
        content.value = this.value(v);
        return fixed;
      }
    }
    return this.#other(kind, v);
  }

  #sharedValue(index: number): unknown {
    if (this.#made.has(index)) return this.#made.get(index);
    const value = this.value(this.#shared[index], (early) => this.#made.set(index, early));
    this.#made.set(index, value);
    return value;
  }

  #fill(array: unknown[], encoded: Encoded[], made: (value: unknown) => void): unknown[] {
    made(array);
    for (const item of encoded) array.push(this.value(item));
    return array;
  }
}

function isTagged(encoded: object): encoded is Tagged {
  return "$" in encoded;
}

function list(encoded: Encoded | undefined): Encoded[] {
  return Array.isArray(encoded) ? encoded : [];
}
