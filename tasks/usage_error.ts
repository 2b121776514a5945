/** The command line cannot be used; the message says why, one line for each reason. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
