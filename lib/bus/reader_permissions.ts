import { CLOSED_STREAM, CURRENT_STREAM } from "./names.ts";

/** The NATS user that may read what is meant for others, and change nothing. */
export const READER_USER = "spot_canvas_reader";

/** Subjects that a user may publish to and subscribe to, as a nats-server's configuration has them. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const API = "$JS.API";
const READABLE = [CLOSED_STREAM, CURRENT_STREAM];

/**
 * What a reader may do: receive every candle, and read the closed ones and the current ones from their streams by sequence and
 * by subject. It may make no consumer: whoever makes one chooses the subject that the server delivers to, and a durable one of
 * ours could be changed or emptied.
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
