/**
 * Thrown in a handler, middleware or component to answer with an HTTP status: `throw new HttpError(404)`.
 * The nearest error page renders it; without one the answer is `message`, or the status text, as plain text.
 */
export class HttpError extends Error {
  /** The HTTP status code of the answer. */
  readonly status: number;

  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The reason phrase of a status, or `Error 4xx` for one not in common use. */
export function statusText(status: number): string {
  return STATUS_TEXT[status] ?? `Error ${status}`;
}
