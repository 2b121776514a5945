import type { z } from "zod";
import { redactText } from "../log/redact.ts";

/** The environment cannot be used. The message and `problems` name each bad variable, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly problems: readonly string[]) {
    super(["The environment cannot be used:", ...problems].join("\n  "));
  }
}

const SECRET_VARIABLES = new Set(["COINBASE_API_KEY", "COINBASE_PRIVATE_KEY"]);

/** One line about a value that is not allowed; secrets in it are masked. */
export function describe(name: string, given: string, issue: z.core.$ZodIssue): string {
  const item: unknown = issue.code === "custom" ? issue.params?.value : undefined;
  const text = typeof item === "string" ? item : given;
  const shown = SECRET_VARIABLES.has(name) ? "(hidden)" : JSON.stringify(masked(text));
  const reason: unknown = issue.code === "custom" ? issue.params?.reason : undefined;
  const instead = typeof reason === "string" ? reason : `give ${issue.message}`;
  return `${name}: ${shown} is not allowed: ${instead}`;
}

/** A malformed URL may hide its password from `redactText`, so all before the last @ is removed. */
function masked(text: string): string {
  const safe = redactText(text.replace(/^([a-z]+:\/\/)?.*@/is, "$1***@"));
  return safe.length > 100 ? `${safe.slice(0, 100)}…` : safe;
}
