/**
 * A WebSocket server on loopback that sends recorded frames to a client that subscribes, and then ends the connection.
 */
export interface ReplayedFeed extends AsyncDisposable {
  readonly url: string;
}

/** The frames are sent in order as fast as they are taken. The caller disposes of it. */
export function serveFrames(frames: readonly string[]): ReplayedFeed {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return new Response(null, { status: 404 });
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    // The first subscription is the one to trades; it alone is answered.
    socket.addEventListener("message", () => {
      for (const frame of frames) socket.send(frame);
      socket.close(1000, "the recording is over");
    }, { once: true });
    socket.addEventListener("error", (event) => event.preventDefault());
    return response;
  });
  return {
    url: `ws://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
