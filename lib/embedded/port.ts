/** Whether a TCP server could listen on this port of 127.0.0.1 now. */
export function isPortFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

/** The preferred port of 127.0.0.1 if it is free, otherwise one that the system chooses. */
export function choosePort(preferred: number | null): number {
  if (preferred !== null && isPortFree(preferred)) return preferred;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
