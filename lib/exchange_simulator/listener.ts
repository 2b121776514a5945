import { type Relay, startRelay } from "./relay.ts";

/** How long a close waits for clients to answer it. */
const GRACE_MS = 300;

/** The simulator's one port; `close` may be called twice. */
export interface Listener {
  readonly port: number;
  /** Breaks a client's TCP connection; null without a relay. */
  readonly breakConnection: ((remotePort: number) => void) | null;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; `relayed`: behind a relay, so that connections can be broken. */
export function listen(
  port: number,
  relayed: boolean,
  handler: (request: Request, remotePort: number) => Response | Promise<Response>,
): Listener {
  const server = Deno.serve({
    port: relayed ? 0 : port,
    hostname: "127.0.0.1",
    onListen: () => {},
  }, (request, { remoteAddr }) => handler(request, remoteAddr.port));
  const relay: Relay | null = relayed ? startRelay(port, server.addr.port) : null;

  const end = async () => {
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, GRACE_MS);
    await Promise.race([server.shutdown(), grace.promise]);
    clearTimeout(timer);
    relay?.close();
  };

  let closing: Promise<void> | null = null;
  return {
    port: relay?.port ?? server.addr.port,
    breakConnection: relay && ((remotePort) => relay.break(remotePort)),
    close: () => closing ??= end(),
  };
}
