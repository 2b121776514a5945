interface Pair {
  readonly outer: Deno.TcpConn;
  readonly inner: Deno.TcpConn;
}

/** Forwards TCP connections to another port and can break each of them without a close frame. */
export interface Relay {
  readonly port: number;
  /** Breaks the connection which the server behind sees coming from `remotePort`. */
  break(remotePort: number): void;
  close(): void;
}

/**
 * `Deno.serve` can only end a WebSocket with a close frame, but clients must survive connections
 * that just break. So, if the option is set, they connect to this relay. Loopback only.
 */
export function startRelay(port: number, target: number): Relay {
  const listener = Deno.listen({ port, hostname: "127.0.0.1" });
  const pairs = new Map<number, Pair>();

  const end = (remotePort: number) => {
    const pair = pairs.get(remotePort);
    if (!pairs.delete(remotePort) || !pair) return;
    for (const connection of [pair.outer, pair.inner]) {
      try {
        connection.close();
      } catch {
        // Its stream was closed from the other side and has closed it already.
      }
    }
  };

  const pass = async (outer: Deno.TcpConn) => {
    const inner = await Deno.connect({ port: target, hostname: "127.0.0.1" });
    const { port: remotePort } = inner.localAddr;
    for (const connection of [outer, inner]) connection.setNoDelay(true);
    pairs.set(remotePort, { outer, inner });
    // A broken pipe is what this is for: either side's end is the end of both.
    await Promise.race([
      outer.readable.pipeTo(inner.writable).catch(() => {}),
      inner.readable.pipeTo(outer.writable).catch(() => {}),
    ]);
    end(remotePort);
  };

  (async () => {
    for await (const outer of listener) pass(outer).catch(() => outer.close());
  })().catch(() => {});

  return {
    port: listener.addr.port,
    break: end,
    close: () => {
      listener.close();
      for (const remotePort of [...pairs.keys()]) end(remotePort);
    },
  };
}
