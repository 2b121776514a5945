import { z } from "zod";
import { DatabaseUrlError, parseDatabaseUrl } from "../store/database_url.ts";
import type { Variable } from "./variable.ts";

/**
 * A database's URL, kept as it is given; null if there is none. Read once here already, so that one that cannot be used
 * stops the start, with its reason, and not what comes after it.
 */
export function databaseUrl(): Variable<string | null> {
  return z.string().optional().transform((text, context) => {
    if (text === undefined) return null;
    try {
      parseDatabaseUrl(text);
      return text;
    } catch (error) {
      if (!(error instanceof DatabaseUrlError)) throw error;
      const { message } = error;
      context.addIssue({ code: "custom", message, params: { reason: message } });
      return z.NEVER;
    }
  });
}
