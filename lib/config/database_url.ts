import { z } from "zod";
import { DatabaseUrlError, parseDatabaseUrl } from "../store/database_url.ts";
import type { Variable } from "./variable.ts";

/**
 * A database's URL, unchanged; null if there is none. It is parsed here already, so that an unusable one stops the
 * start with its reason.
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
