import { clientAddress } from "./client_address.ts";
import type { Requester } from "./cost_budget.ts";

/**
 * The requester of a request. `remote` is the connection's own address; its signal is aborted when the client has left.
 */
export function requesterOf(request: Request, remote: Deno.Addr, trustProxy: boolean): Requester {
  const peer = "hostname" in remote ? remote.hostname : "";
  const forwardedFor = request.headers.get("x-forwarded-for");
  return { address: clientAddress(peer, forwardedFor, trustProxy), signal: request.signal };
}
