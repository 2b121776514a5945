import { type Problem, problemResponse } from "./problem.ts";
import { DATA_POLICY, secure } from "./security_headers.ts";

/** For answers that do not depend on the requested address, which may be invalid. */
const ANYWHERE = new URL("http://localhost/");

/** An error answer from outside the application, with the headers that every answer of the application has. */
export function refusal(
  problem: Problem,
  { requestId = crypto.randomUUID(), headers = {} }: {
    /** The request's id, also used in the log. */
    readonly requestId?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Response {
  const response = problemResponse(problem, {
    ...headers,
    "content-security-policy": DATA_POLICY,
    "x-request-id": requestId,
  });
  return secure(response, ANYWHERE);
}
