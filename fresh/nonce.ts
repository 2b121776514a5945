const nonces = new WeakMap<Response, string>();

/** Remembers the nonce that a rendered response's scripts and styles carry. */
export function setNonce(response: Response, nonce: string): void {
  nonces.set(response, nonce);
}

/** The nonce of a rendered response; null for any other. */
export function nonceOf(response: Response): string | null {
  return nonces.get(response) ?? null;
}
