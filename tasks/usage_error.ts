/** The command line cannot be used; the message has a line for each reason. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
