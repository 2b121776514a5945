import { findProgram } from "../../lib/embedded/command.ts";
import { ensureDebianProgram } from "../harness/debian_install.ts";

/** A Firefox without a window that has opened one page. Its owner closes it. */
export class Firefox {
  private constructor(
    private readonly child: Deno.ChildProcess,
    private readonly profile: string,
  ) {}

  /** The page reports to its own server: nothing drives the browser. Installs Debian's as root. */
  static async open(url: string): Promise<Firefox> {
    const program = await ensureDebianProgram({
      title: "Firefox",
      packageName: "firefox-esr",
      help: "install firefox-esr or firefox",
      find: async () => await findProgram("firefox-esr") ?? await findProgram("firefox"),
    }, () => {});
    const profile = await Deno.makeTempDir({ prefix: "spot-canvas-firefox-" });
    const child = new Deno.Command(program, {
      args: ["--headless", "--no-remote", "--profile", profile, url],
      env: { HOME: profile },
      stdout: "null",
      stderr: "null",
    }).spawn();
    return new Firefox(child, profile);
  }

  async close(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.child.status;
    await Deno.remove(this.profile, { recursive: true });
  }
}
