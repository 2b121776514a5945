import type { CandleState } from "../candles/candle.ts";

/** The part of a candle that the hub needs: its start and its state. */
export interface CandleHeader extends CandleState {
  /** Epoch seconds. */
  readonly start: number;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const SPACE = 32;
const LETTER_T = 116;
const LETTER_F = 102;

const TIMESTAMP = letters("timestamp");
const IS_COMPLETE = letters("is_complete");
const EXACT = letters("exact");
const REVISION = letters("revision");

/**
 * Reads the header of a candle's wire bytes in one pass, decoding no decimal. Keys may come in any order,
 * unknown ones are passed over. Null if a field is missing or the bytes are not one flat object on one
 * line: a line break would end the SSE frame early and let a publisher forge the next one.
 */
export function readCandleHeader(bytes: Uint8Array): CandleHeader | null {
  const end = bytes.length;
  if (end < 2 || bytes[0] !== OPEN || bytes[end - 1] !== CLOSE) return null;
  let start: number | null = null;
  let isComplete: boolean | null = null;
  let exact: boolean | null = null;
  let revision: number | null = null;
  let at = 1;
  while (at < end) {
    while (bytes[at] === SPACE || bytes[at] === COMMA) at++;
    if (bytes[at] !== QUOTE) break;
    const key = at + 1;
    const keyEnd = closingQuote(bytes, key);
    if (keyEnd < 0) return null;
    at = keyEnd + 1;
    while (bytes[at] === SPACE) at++;
    if (bytes[at] !== COLON) return null;
    at++;
    while (bytes[at] === SPACE) at++;
    const value = at;
    if (bytes[value] === QUOTE) {
      const valueEnd = closingQuote(bytes, value + 1);
      if (valueEnd < 0) return null;
      at = valueEnd + 1;
      continue;
    }
    at = scalarEnd(bytes, value);
    if (at < 0) return null;
    if (is(bytes, key, keyEnd, TIMESTAMP)) start = integer(bytes, value, at);
    else if (is(bytes, key, keyEnd, IS_COMPLETE)) isComplete = boolean(bytes, value);
    else if (is(bytes, key, keyEnd, EXACT)) exact = boolean(bytes, value);
    else if (is(bytes, key, keyEnd, REVISION)) revision = integer(bytes, value, at);
  }
  if (at !== end - 1 || start === null || isComplete === null || exact === null) return null;
  return revision === null ? null : { start, isComplete, exact, revision };
}

function letters(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function is(bytes: Uint8Array, from: number, to: number, name: Uint8Array): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
  return true;
}

/** Candles have no escapes or control characters; bytes with one are refused. */
function closingQuote(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at;
    if (byte < SPACE || byte === BACKSLASH) return -1;
  }
  return -1;
}

function scalarEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === COMMA || byte === CLOSE || byte === SPACE) return at > from ? at : -1;
    if (byte < SPACE || byte === OPEN || byte === QUOTE) return -1;
  }
  return -1;
}

function integer(bytes: Uint8Array, from: number, to: number): number | null {
  if (to - from > 15) return null;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) return null;
    number = number * 10 + digit;
  }
  return number;
}

function boolean(bytes: Uint8Array, at: number): boolean | null {
  return bytes[at] === LETTER_T ? true : bytes[at] === LETTER_F ? false : null;
}
