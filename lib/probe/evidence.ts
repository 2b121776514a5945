import type { ProductId } from "../candles/product.ts";
import { parseProductId } from "../candles/product.ts";
import type { Trade } from "../candles/trade.ts";
import { asList, isRecord } from "../coinbase/json.ts";
import { type FeedMessage, parseMessage } from "../coinbase/messages.ts";
import { readTrade } from "../coinbase/trade_reader.ts";
import type { AnswerEntry, ConnectionName, Entry, Purpose, Recording } from "./recording.ts";

type Json = Readonly<Record<string, unknown>>;

/** A text frame: as it came, as JSON, and as the program reads it. */
export interface Frame {
  readonly connection: ConnectionName;
  readonly atMs: number;
  readonly text: string;
  /** The whole frame's length in characters. */
  readonly length: number;
  readonly json: Json | null;
  readonly message: FeedMessage;
  /** Its line in the recording's file. */
  readonly line: number;
}

/** A listing's row with the trade that the program reads from it; null where it reads none. */
export interface Row {
  readonly json: unknown;
  readonly trade: Trade | null;
}

/** A REST answer, read as far as it can be. */
export interface Answer extends AnswerEntry {
  readonly line: number;
  readonly product: ProductId | null;
  readonly query: URLSearchParams;
  readonly json: Json | null;
  /** Of a listing of trades, in the order sent. */
  readonly rows: readonly Row[];
}

/** A recording, read once for all checks. */
export class Evidence {
  readonly products: readonly ProductId[];
  readonly frames: readonly Frame[];
  readonly answers: readonly Answer[];
  readonly entries: readonly Entry[];

  constructor(recording: Recording) {
    const { entries } = recording;
    this.entries = entries;
    this.products = recording.products.flatMap((text) => parseProductId(text) ?? []);
    this.frames = entries.flatMap((entry, index) =>
      entry.kind === "frame" ? [readFrame(entry, index + 2)] : []
    );
    this.answers = entries.flatMap((entry, index) =>
      entry.kind === "answer" ? [readAnswer(entry, index + 2)] : []
    );
  }

  /** The frames of one connection, as they came. */
  of(connection: ConnectionName): readonly Frame[] {
    return this.frames.filter((frame) => frame.connection === connection);
  }

  /** The trades that the main connection brought. */
  trades(snapshot: boolean): readonly SeenTrade[] {
    return this.of("main").flatMap((frame) =>
      frame.message.kind === "trades" && frame.message.snapshot === snapshot
        ? frame.message.trades.map((trade) => ({ trade, frame }))
        : []
    );
  }

  /** Answers to requests of these purposes that were served. */
  served(...purposes: readonly Purpose[]): readonly Answer[] {
    return this.answers.filter(({ purpose, status }) =>
      status === 200 && purposes.includes(purpose)
    );
  }

  /** All listings of trades that were served. */
  listings(): readonly Answer[] {
    return this.answers.filter(({ status, path, json }) =>
      status === 200 && path.includes("/ticker") && json !== null
    );
  }

  /** The ids of all subscriptions to trades that a connection sent. */
  subscribed(connection: ConnectionName): readonly string[] {
    return this.entries.flatMap((entry) => {
      if (entry.kind !== "sent" || entry.connection !== connection) return [];
      const json = parseJson(entry.text);
      return json?.channel === "market_trades" ? strings(json.product_ids) : [];
    });
  }
}

export interface SeenTrade {
  readonly trade: Trade;
  readonly frame: Frame;
}

/** A frame as evidence. */
export function quoteFrame({ connection, line, text }: Frame): string {
  return `line ${line}, frame of ${connection}: ${clipped(text)}`;
}

/** An answer as evidence; `part` is what of it matters. */
export function quoteAnswer({ line, path, status, body }: Answer, part?: unknown): string {
  const shown = part === undefined ? body : JSON.stringify(part) ?? "";
  return `line ${line}, ${status} for ${path}: ${clipped(shown)}`;
}

/** A trade's raw rows in a frame, with the frame's events they came in. */
export function rawTrades({ json }: Frame): readonly unknown[] {
  const events = asList(json?.events) ?? [];
  return events.flatMap((event) => isRecord(event) ? asList(event.trades) ?? [] : []);
}

const MAX_QUOTE = 400;

function clipped(text: string): string {
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
}

function readFrame(entry: Extract<Entry, { kind: "frame" }>, line: number): Frame {
  const { connection, atMs, text } = entry;
  return {
    connection,
    atMs,
    text,
    length: entry.length ?? text.length,
    json: parseJson(text),
    message: parseMessage(text),
    line,
  };
}

function readAnswer(entry: AnswerEntry, line: number): Answer {
  const [path = "", query = ""] = entry.path.split("?");
  const json = parseJson(entry.body);
  const rows = path.endsWith("/ticker") ? asList(json?.trades) ?? [] : [];
  return {
    ...entry,
    line,
    product: parseProductId(path.split("/")[3]),
    query: new URLSearchParams(query),
    json,
    rows: rows.map((row) => {
      const trade = readTrade(row, -Infinity, Infinity);
      return { json: row, trade: typeof trade === "string" ? null : trade };
    }),
  };
}

function parseJson(text: string): Json | null {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : null;
  } catch {
    return null;
  }
}

function strings(value: unknown): readonly string[] {
  return (asList(value) ?? []).flatMap((item) => typeof item === "string" ? [item] : []);
}
