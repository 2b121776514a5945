type Json = Record<string, unknown>;

/** What a relay changes in messages. Whatever is not given passes unchanged. */
export interface Rewrites {
  /** A frame of the connection opened as the `connection`th, from 1; more than one may be sent in its place. */
  readonly frame?: (frame: Json, connection: number) => readonly (Json | Uint8Array<ArrayBuffer>)[];
  /** Changes the path and query that are requested. */
  readonly request?: (url: URL) => void;
  /** An answer's body, status or headers are changed in place. */
  readonly answer?: (answer: RelayedAnswer, requested: URL) => void;
}

export interface RelayedAnswer {
  status: number;
  body: Json;
  readonly headers: Record<string, string>;
}

/** Stands between the probe and a simulator and breaks what the simulator itself cannot. */
export interface RewritingRelay extends AsyncDisposable {
  readonly wsUrl: string;
  readonly restUrl: string;
}

export function startRewritingRelay(
  target: { readonly wsUrl: string; readonly restUrl: string },
  { frame, request: rewrite, answer }: Rewrites,
): RewritingRelay {
  let connections = 0;
  const upgrade = (request: Request): Response => {
    const connection = ++connections;
    const { socket, response } = Deno.upgradeWebSocket(request);
    const upstream = new WebSocket(target.wsUrl);
    const opened = new Promise((resolve) => upstream.addEventListener("open", resolve));
    socket.onmessage = async ({ data }) => {
      await opened;
      if (upstream.readyState === WebSocket.OPEN) upstream.send(data);
    };
    upstream.onmessage = ({ data }) => {
      const sent = frame?.(JSON.parse(data), connection) ?? [data];
      if (socket.readyState !== WebSocket.OPEN) return;
      for (const one of sent) {
        if (one instanceof Uint8Array) socket.send(one.slice());
        else socket.send(typeof one === "string" ? one : JSON.stringify(one));
      }
    };
    socket.onclose = () => upstream.close();
    upstream.onclose = () => socket.close();
    for (const one of [socket, upstream]) one.onerror = (event) => event.preventDefault();
    return response;
  };
  const pass = async (request: Request): Promise<Response> => {
    const requested = new URL(request.url);
    const url = new URL(requested.pathname + requested.search, target.restUrl);
    rewrite?.(url);
    const response = await fetch(url, { headers: request.headers });
    const headers: Record<string, string> = {};
    for (const name of ["date", "content-type", "retry-after"]) {
      const value = response.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    const relayed = { status: response.status, body: await response.json(), headers };
    answer?.(relayed, requested);
    return new Response(JSON.stringify(relayed.body), { status: relayed.status, headers });
  };
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(options, (request) => {
    const isSocket = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    return isSocket ? upgrade(request) : pass(request);
  });
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    wsUrl: `ws://${host}`,
    restUrl: `http://${host}${new URL(target.restUrl).pathname}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
