import { type Problem, type ProblemError, problemResponse } from "../../http/problem.ts";

/** The body of an error as the UDF client reads it, beside the problem's own members. */
interface UdfProblem extends Problem {
  readonly s: "error";
  readonly errmsg: string;
}

/**
 * An error answer for both kinds of reader: a problem with its status, and the `s` and `errmsg` of the UDF client,
 * which ignores the status.
 */
export function udfFailure(problem: Problem): Response {
  const failure: UdfProblem = { ...problem, s: "error", errmsg: sentence(problem) };
  return problemResponse(failure);
}

/** The answer to a query that cannot be used. */
export function udfBadQuery(errors: readonly ProblemError[]): Response {
  return udfFailure({ status: 400, title: "The query cannot be used", errors });
}

function sentence({ title, detail, errors = [] }: Problem): string {
  const [error] = errors;
  if (error !== undefined) {
    const allowed = typeof error.allowed === "string" ? error.allowed : error.allowed.join(", ");
    return `${title}: ${error.parameter} must be ${allowed}`;
  }
  return detail === undefined ? title : `${title}: ${detail}`;
}
