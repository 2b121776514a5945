import { CLOSED_STREAM, CURRENT_STREAM } from "./names.ts";

/** The NATS user for other programs, which may read candles and change nothing. */
export const READER_USER = "spot_canvas_reader";

/** Subjects that a user may publish to and subscribe to, as a nats-server's configuration has them. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const API = "$JS.API";
const READABLE = [CLOSED_STREAM, CURRENT_STREAM];

/**
 * What a reader may do: receive every candle, and read the closed ones and the current ones from their streams by
 * sequence and by subject. It may not create consumers: their creator chooses the subject that the server delivers to,
 * and could change or empty our durable ones.
 */
export const READER_PERMISSIONS: Permissions = {
  publish: [
    `${API}.INFO`,
    `${API}.STREAM.NAMES`,
    ...READABLE.flatMap((stream) => [
      `${API}.STREAM.INFO.${stream}`,
      `${API}.STREAM.MSG.GET.${stream}`,
      `${API}.DIRECT.GET.${stream}`,
      `${API}.DIRECT.GET.${stream}.>`,
    ]),
  ],
  subscribe: ["candles.>", "_INBOX.>"],
};
