/** Longer than a busy machine takes to deliver a frame. */
const TIMEOUT_MS = 30_000;

/**
 * A client that knows nothing: it collects the frames of one socket as they come, for tests of the
 * simulator itself. Its owner closes it.
 */
export interface RawClient {
  /** Frames received so far, as text. */
  readonly frames: string[];
  /** The close event's code once the socket is closed. */
  readonly closed: Promise<number>;
  subscribe(channel: string, productIds?: readonly string[], extra?: object): void;
  send(text: string): void;
  /** Resolves when a frame satisfies `wanted`; rejects when none comes. */
  until(wanted: (message: Message) => boolean): Promise<Message>;
  close(): Promise<void>;
}

/** A frame's JSON, loosely: only what tests look at. */
export interface Message {
  readonly channel?: string;
  readonly type?: string;
  readonly message?: string;
  readonly sequence_num?: number;
  readonly timestamp?: string;
  readonly events?: readonly {
    readonly type?: string;
    readonly trades?: readonly Trade[];
    readonly subscriptions?: Readonly<Record<string, readonly string[]>>;
    readonly current_time?: string;
    readonly heartbeat_counter?: string;
  }[];
}

export interface Trade {
  readonly trade_id: string;
  readonly product_id: string;
  readonly price: string;
  readonly size: string;
  readonly side: string;
  readonly time: string;
}

export async function openRawClient(url: string): Promise<RawClient> {
  const socket = new WebSocket(url);
  const frames: string[] = [];
  let wake = () => {};
  let closedCode = -1;
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", (event) => {
      // Deno reports 0 where other clients report 1006: no close frame came.
      closedCode = event.wasClean ? event.code : 1006;
      resolve(closedCode);
      wake();
    });
  });
  socket.addEventListener("message", (event) => {
    frames.push(typeof event.data === "string" ? event.data : "(binary)");
    wake();
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("refused")));
  });

  return {
    frames,
    closed,
    subscribe: (channel, productIds, extra) =>
      socket.send(
        JSON.stringify({ type: "subscribe", channel, product_ids: productIds, ...extra }),
      ),
    send: (text) => socket.send(text),
    async until(wanted) {
      const deadline = performance.now() + TIMEOUT_MS;
      for (let i = 0;;) {
        for (; i < frames.length; i++) {
          const message = read(frames[i]);
          if (wanted(message)) return message;
        }
        const left = deadline - performance.now();
        if (left <= 0 || closedCode >= 0) {
          throw new Error(`no such frame among ${frames.length} (closed: ${closedCode})`);
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    async close() {
      if (socket.readyState === WebSocket.OPEN) socket.close();
      await closed;
    },
  };
}

/** The trades of all readable frames, in the order of arrival. */
export function tradesOf(client: RawClient, type?: "snapshot" | "update"): Trade[] {
  return client.frames.flatMap((frame) =>
    (read(frame).events ?? [])
      .filter((event) => type === undefined || event.type === type)
      .flatMap((event) => event.trades ?? [])
  );
}

export function sequenceNumbers(client: RawClient): number[] {
  return client.frames.flatMap((frame) => read(frame).sequence_num ?? []);
}

/** A frame that is garbage reads as a message without anything in it. */
function read(frame: string | undefined): Message {
  try {
    const value = JSON.parse(frame ?? "");
    const isMessage = typeof value?.sequence_num === "number" || value?.type === "error";
    return isMessage ? value : {};
  } catch {
    return {};
  }
}
