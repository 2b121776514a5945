import { connectErrorText, exchangeText } from "../coinbase/exchange_text.ts";
import { type ConnectionName, MAX_ENTRY_LENGTH, type Recorder } from "./recording.ts";

/** A connection of the probe, which records all that comes. The caller closes it. */
export interface Watch {
  subscribe(channel: "market_trades" | "heartbeats", products?: readonly string[]): void;
  close(): void;
}

/** Connects; rejects with what went wrong if that does not succeed within ten seconds. */
export function openWatch(
  url: string,
  connection: ConnectionName,
  recorder: Recorder,
): Promise<Watch> {
  const { promise, resolve, reject } = Promise.withResolvers<Watch>();
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  let isOurs = false;
  const timer = setTimeout(() => {
    socket.close();
    reject(new Error("no connection within 10 s"));
  }, 10_000);
  const watch: Watch = {
    subscribe(channel, products) {
      if (socket.readyState !== WebSocket.OPEN) return;
      const text = JSON.stringify({
        type: "subscribe",
        ...(products === undefined ? {} : { product_ids: products }),
        channel,
      });
      recorder.add({ kind: "sent", connection, text, atMs: now() });
      socket.send(text);
    },
    close() {
      isOurs = true;
      clearTimeout(timer);
      socket.close();
    },
  };
  socket.onopen = () => {
    clearTimeout(timer);
    recorder.add({ kind: "opened", connection, atMs: now() });
    resolve(watch);
  };
  socket.onmessage = ({ data }) => {
    const atMs = now();
    if (typeof data !== "string") {
      const bytes = data instanceof ArrayBuffer ? data.byteLength : 0;
      return recorder.add({ kind: "binary", connection, bytes, atMs });
    }
    const cut = data.length > MAX_ENTRY_LENGTH;
    recorder.add({
      kind: "frame",
      connection,
      text: cut ? data.slice(0, MAX_ENTRY_LENGTH) : data,
      ...(cut ? { length: data.length } : {}),
      atMs,
    });
  };
  socket.onerror = (event) => {
    event.preventDefault();
    clearTimeout(timer);
    reject(new Error(connectErrorText(event instanceof ErrorEvent ? event.message : "")));
  };
  socket.onclose = ({ code, reason }) => {
    if (!isOurs) {
      const words = exchangeText(reason);
      recorder.add({ kind: "closed", connection, code, reason: words, atMs: now() });
    }
  };
  return promise;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
