/** One bad value of a request, as problem details name it. */
export interface ProblemError {
  /** The query parameter's name. */
  readonly parameter: string;
  /** As it was sent, shortened if very long; null if it was missing. */
  readonly value: string | null;
  /** Allowed values, or a description of them. */
  readonly allowed: readonly string[] | string;
}

/** An error answer's contents. */
export interface Problem {
  readonly status: number;
  /** The same for every occurrence of the problem. */
  readonly title: string;
  /** One sentence about this occurrence. */
  readonly detail?: string;
  /** For programs: why there is no such product. */
  readonly reason?: string;
  /** What to request in its place. */
  readonly instead?: string;
  readonly errors?: readonly ProblemError[];
  /** Whole seconds after which to retry: sent as `retry-after`. */
  readonly retryAfterSeconds?: number;
}

/** An error answer by RFC 9457: `application/problem+json`, never cached. */
export function problemResponse(problem: Problem, headers: HeadersInit = {}): Response {
  const { retryAfterSeconds, ...details } = problem;
  const all = new Headers(headers);
  all.set("content-type", "application/problem+json");
  all.set("cache-control", "no-store");
  if (retryAfterSeconds !== undefined) all.set("retry-after", `${retryAfterSeconds}`);
  return new Response(JSON.stringify({ type: "about:blank", ...details }), {
    status: problem.status,
    headers: all,
  });
}
