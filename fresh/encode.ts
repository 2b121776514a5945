import { Signal } from "@preact/signals";
import type { Encoded, Tagged } from "./decode.ts";
import { isVNode } from "./is_vnode.ts";

/** Encodes what the serializer does not know, or returns undefined. For JSX props. */
export type EncodeOther = (value: object) => Tagged | undefined;

/** Thrown for a value that cannot reach the browser. `path` leads to it: `data.items[3].format`. */
export class NotSerializableError extends TypeError {
  constructor(readonly path: string, readonly what: string) {
    super(`"${path}" is ${what}, which cannot be sent to the browser`);
    this.name = "NotSerializableError";
  }
}

/**
 * Encodes a value for {@linkcode import("./decode.ts").decode} as JSON that is safe inside a script
 * element. Values met twice, cycles and signals stay one value in the browser.
 * Throws {@linkcode NotSerializableError} for functions, symbols and instances of other classes.
 */
export function encode(value: unknown, other: EncodeOther = () => undefined): string {
  return escapeForScript(JSON.stringify(new Encoder(other).document(value)));
}

/** Makes JSON safe inside a script: nothing in it can end the element or start a comment. */
export function escapeForScript(json: string): string {
  return json.replace(
    /[<\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

class Encoder {
  readonly #other: EncodeOther;
  /** How often each object was met: null once, its number in the shared table from the second time on. */
  readonly #met = new Map<object, number | null>();
  readonly #shared: object[] = [];
  readonly #path: (string | number)[] = [];

  constructor(other: EncodeOther) {
    this.#other = other;
  }

  document(value: unknown): { root: Encoded; shared: Encoded[] } {
    this.#count(value);
    const root = this.#value(value);
    return { root, shared: this.#shared.map((object) => this.#object(object)) };
  }

  #count(value: unknown): void {
    if (typeof value === "function" || typeof value === "symbol") {
      throw this.#error(`a ${typeof value}`);
    }
    if (typeof value !== "object" || value === null) return;
    const seen = this.#met.get(value);
    if (seen === null) this.#met.set(value, this.#shared.push(value) - 1);
    if (seen !== undefined) return;
    this.#met.set(value, null);
    this.#eachChild(value, (key, child) => {
      this.#path.push(key);
      this.#count(child);
      this.#path.pop();
    });
  }

  #eachChild(value: object, visit: (key: string | number, child: unknown) => void): void {
    if (Array.isArray(value)) return value.forEach((child, index) => visit(index, child));
    if (value instanceof Map) {
      let index = 0;
      for (const [key, child] of value) {
        visit(index, key);
        visit(index++, child);
      }
      return;
    }
    if (value instanceof Set) return [...value].forEach((child, index) => visit(index, child));
    if (value instanceof Signal) return visit("value", value.peek());
    if (isLeaf(value) || this.#other(value) !== undefined) return;
    if (isVNode(value)) throw this.#error("JSX inside other data");
    if (!isPlain(value)) throw this.#error(`an instance of ${value.constructor?.name}`);
    for (const [key, child] of Object.entries(value)) visit(key, child);
  }

  #error(what: string): NotSerializableError {
    const path = this.#path.reduce<string>(
      (text, key) =>
        typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`,
      "",
    );
    return new NotSerializableError(path, what);
  }

  #value(value: unknown): Encoded {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : { $: "number", v: Object.is(value, -0) ? "-0" : String(value) };
      case "bigint":
        return { $: "bigint", v: String(value) };
      case "undefined":
        return { $: "undefined" };
    }
    if (typeof value !== "object" || value === null) return null;
    const shared = this.#met.get(value);
    return typeof shared === "number" ? { $: "shared", v: shared } : this.#object(value);
  }

  #object(value: object): Encoded {
    if (Array.isArray(value)) return Array.from(value, (child) => this.#value(child));
    if (value instanceof Map) {
      return { $: "map", v: Array.from(value, (entry) => entry.map((part) => this.#value(part))) };
    }
    if (value instanceof Set) {
      return {
        $: "set",
        v: Array.from(value, (item) => this.#value(item)),
      };
    }
    if (value instanceof Signal) {
      // A computed signal has no setter: its value goes over, what computed it cannot.
      return { $: isComputed(value) ? "computed" : "signal", v: this.#value(value.peek()) };
    }
    if (value instanceof Date) {
      return { $: "date", v: Number.isNaN(value.getTime()) ? null : value.getTime() };
    }
    if (value instanceof URL) return { $: "url", v: value.href };
    if (value instanceof Uint8Array) return { $: "bytes", v: base64(value) };
    const other = this.#other(value);
    if (other !== undefined) return other;
    const entries = Object.entries(value).map(([key, child]): [string, Encoded] => [
      key,
      this.#value(child),
    ]);
    if (!entries.every(([key]) => isPlainKey(key))) return { $: "object", v: entries };
    return Object.fromEntries(entries);
  }
}

function isLeaf(value: object): boolean {
  return value instanceof Date || value instanceof URL ||
    value instanceof Uint8Array;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * Whether a key may be one in the JSON too. "$" marks encoded values, "__proto__" cannot be set like others,
 * and one written with escapes is not safe: V8 15.0's JSON.parse can take it for another key that it has
 * met, for example the escaped U+2028 for a single backslash.
 */
function isPlainKey(key: string): boolean {
  return /^[ !#-;=-[\]-~]*$/.test(key) && key !== "$" && key !== "__proto__";
}

function isComputed(value: Signal): boolean {
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === "object" && prototype !== null) {
    const property = Object.getOwnPropertyDescriptor(prototype, "value");
    if (property !== undefined) return property.set === undefined;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
