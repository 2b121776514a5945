import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { readSecret } from "./database_secrets.ts";
import type { DatabaseAddress, DatabaseHost, SslMode } from "./database_url.ts";

/** Whether one attempt to connect speaks TLS. */
export type Encryption = "plain" | "tls";

const ATTEMPTS: Readonly<Record<SslMode, readonly Encryption[]>> = {
  disable: ["plain"],
  allow: ["plain", "tls"],
  prefer: ["tls", "plain"],
  require: ["tls"],
  "verify-ca": ["tls"],
  "verify-full": ["tls"],
};

/** The kinds of connection to try with one host, in this order, as libpq does. A Unix socket is never encrypted. */
export function encryptionsFor(
  address: DatabaseAddress,
  host: DatabaseHost,
): readonly Encryption[] {
  return host.name.startsWith("/") ? ["plain"] : ATTEMPTS[address.tls.mode];
}

/**
 * The TLS options for one host. Files are read each time, so that a certificate may be renewed. Throws a
 * `DatabaseUrlError` for a file that cannot be read.
 */
export async function tlsOptions(
  { tls }: DatabaseAddress,
  host: DatabaseHost,
): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([
    tls.rootCertificate === null || tls.rootCertificate === "system"
      ? undefined
      : readSecret("sslrootcert", tls.rootCertificate),
    tls.certificate === null ? undefined : readSecret("sslcert", tls.certificate),
    tls.key === null ? undefined : readSecret("sslkey", tls.key),
  ]);
  // With a root certificate `require` is as strict as `verify-ca`, as libpq documents.
  const isChecked = tls.mode.startsWith("verify-") || tls.mode === "require" && ca !== undefined;
  return {
    ca,
    cert,
    key,
    // Certificates are checked against the name, also where the connection goes to an address given beside it.
    servername: isIP(host.name) === 0 ? host.name : undefined,
    rejectUnauthorized: isChecked,
    ...(tls.mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}
