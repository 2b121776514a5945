export type ListenOptions = Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>;

/** Starts a server; without a port, on the first free one from 8000 on. */
export function serve(options: ListenOptions, handler: Deno.ServeHandler): Deno.HttpServer {
  const first = options.port ?? 8000;
  const last = options.port === undefined ? first + 19 : first;
  for (let port = first;; port++) {
    try {
      return Deno.serve({ ...options, port }, handler);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || port === last) throw error;
    }
  }
}
