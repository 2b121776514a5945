import { clientAddress } from "./client_address.ts";
import type { Requester } from "./cost_budget.ts";

/** Whose request it is. `remote` is the connection's own address; the signal aborts when the client has left. */
export function requesterOf(request: Request, remote: Deno.Addr, trustProxy: boolean): Requester {
  const peer = "hostname" in remote ? remote.hostname : "";
  const forwardedFor = request.headers.get("x-forwarded-for");
  return { address: clientAddress(peer, forwardedFor, trustProxy), signal: request.signal };
}
