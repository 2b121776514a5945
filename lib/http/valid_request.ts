import type { Problem } from "./problem.ts";
import { refusal } from "./refusal.ts";

/** Answers requests. */
export type Handler = (
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

/** Methods that some route may answer. Their names are case-sensitive. */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);

/**
 * Refuses requests for which the web framework throws before any middleware, which would mean an answer without headers
 * and a line in the log: an invalid host or path, a path whose percent encoding is wrong, an unknown method.
 */
export function requireValidRequest(handler: Handler): Handler {
  return (request, info) => {
    const problem = problemOf(request);
    return problem === null ? handler(request, info) : refusal(problem);
  };
}

function problemOf(request: Request): Problem | null {
  const pathname = pathOf(request);
  if (pathname === null) return { status: 400, title: "The request's host or path is not valid" };
  if (!METHODS.has(request.method)) {
    const detail = `Methods are ${[...METHODS].join(", ")}.`;
    return { status: 501, title: "This method is not known here", detail };
  }
  if (!isEncoding(pathname)) {
    const detail = "A percent sign starts two hexadecimal digits of a character in UTF-8.";
    return { status: 400, title: "The path's percent encoding is wrong", detail };
  }
  return null;
}

function pathOf(request: Request): string | null {
  try {
    return new URL(request.url).pathname;
  } catch {
    return null;
  }
}

function isEncoding(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
