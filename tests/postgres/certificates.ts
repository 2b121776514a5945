import { join } from "node:path";
import { findProgram, run } from "../../lib/embedded/command.ts";
import { ensureDebianProgram } from "../harness/debian_install.ts";

/** A certificate and its key, PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority, made with openssl. */
export class CertificateAuthority {
  private constructor(private readonly directory: string, readonly certificate: string) {}

  static async make(name: string): Promise<CertificateAuthority> {
    await ensureDebianProgram({
      title: "openssl",
      packageName: "openssl",
      help: "install Debian's openssl",
      find: () => findProgram("openssl"),
    }, () => {});
    const directory = await Deno.makeTempDir({ prefix: "spot-canvas-ca-" });
    await run("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`],
      ...["-addext", "basicConstraints=critical,CA:TRUE"],
      ...["-keyout", join(directory, "ca.key"), "-out", join(directory, "ca.crt")],
    ]);
    return new CertificateAuthority(
      directory,
      await Deno.readTextFile(join(directory, "ca.crt")),
    );
  }

  /** Signs a certificate for a common name, and for host names. */
  async sign(name: string, hosts: string): Promise<Certificate> {
    const at = (file: string) => join(this.directory, file);
    await run("openssl", [
      ...["req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`],
      ...["-keyout", at("own.key"), "-out", at("own.csr")],
    ]);
    await Deno.writeTextFile(at("names"), `subjectAltName=${hosts}\n`);
    await run("openssl", [
      ...["x509", "-req", "-in", at("own.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key")],
      ...["-CAcreateserial", "-days", "2", "-extfile", at("names"), "-out", at("own.crt")],
    ]);
    return {
      certificate: await Deno.readTextFile(at("own.crt")),
      key: await Deno.readTextFile(at("own.key")),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}
