/** A certificate with its chain, and its key, as PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** Files that cannot be used; the message names the variable. */
export class TlsFilesError extends Error {
  override readonly name = "TlsFilesError";
}

/** The listener's certificate in files on disk, which are rewritten to renew it. */
export class TlsFiles {
  #used: TlsPair | null = null;

  constructor(private readonly paths: { readonly certFile: string; readonly keyFile: string }) {}

  /** Reads the pair. Throws a `TlsFilesError` if it cannot be used. */
  read(): TlsPair {
    return this.#use(this.#texts());
  }

  /**
   * The pair if it has changed since it was last read, otherwise null. Throws as `read` does, and then keeps the
   * former.
   */
  readChanged(): TlsPair | null {
    const former = this.#used;
    const pair = this.#texts();
    if (pair.cert === former?.cert && pair.key === former.key) return null;
    return this.#use(pair);
  }

  #texts(): TlsPair {
    return {
      cert: textOf("TLS_CERT_FILE", this.paths.certFile),
      key: textOf("TLS_KEY_FILE", this.paths.keyFile),
    };
  }

  #use(pair: TlsPair): TlsPair {
    requireUsable(pair);
    this.#used = pair;
    return pair;
  }
}

function textOf(variable: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable
      ? "it may not be read"
      : "it cannot be read";
    throw new TlsFilesError(`${variable}: ${path}: ${why}`, { cause });
  }
}

/** Opens a listener for a moment, since only the TLS library finds every fault of a certificate. */
function requireUsable({ cert, key }: TlsPair): void {
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key }).close();
  } catch (cause) {
    const text = String(cause);
    if (/certificate/i.test(text)) {
      throw new TlsFilesError("TLS_CERT_FILE: there is no PEM certificate in it", { cause });
    }
    if (/keys may not be consistent|KeyMismatch/.test(text)) {
      throw new TlsFilesError("TLS_KEY_FILE: it is not the key of TLS_CERT_FILE", { cause });
    }
    if (/key/i.test(text)) {
      throw new TlsFilesError("TLS_KEY_FILE: there is no PEM key in it that can be used", {
        cause,
      });
    }
    throw new TlsFilesError(`TLS_CERT_FILE and TLS_KEY_FILE cannot be used: ${text}`, { cause });
  }
}
