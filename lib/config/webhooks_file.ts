import { parseWebhooks, type Webhook } from "../webhooks/webhook.ts";

const MAX_BYTES = 2 ** 20;

/** Reads the file of webhooks that a variable names. Throws an Error that names the fault and none of its secrets. */
export function readWebhooksFile(path: string): readonly Webhook[] {
  return parseWebhooks(readText(path));
}

function readText(path: string): string {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile) throw new Error("it is not a file");
    if (size > MAX_BYTES) throw new Error("it is larger than 1 MiB");
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error("there is no such file");
    if (error instanceof Deno.errors.PermissionDenied) throw new Error("it may not be read");
    throw error instanceof Error ? error : new Error("it cannot be read");
  }
}
