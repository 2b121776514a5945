import { type Problem, problemResponse } from "./problem.ts";
import { DATA_POLICY, secure } from "./security_headers.ts";

/** For answers that do not depend on the requested address, which may be none at all. */
const ANYWHERE = new URL("http://localhost/");

/** An error answer from outside the application, with the headers that every answer of the application has. */
export function refusal(
  problem: Problem,
  { requestId = crypto.randomUUID(), headers = {} }: {
    /** Names the request in the log as well, if something is logged of it. */
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
