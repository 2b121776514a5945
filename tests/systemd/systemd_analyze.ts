import { findProgram } from "../../lib/embedded/command.ts";
import type { Progress } from "../../lib/embedded/progress.ts";
import { ensureDebianProgram } from "../harness/debian_install.ts";

/**
 * The program that reports what is wrong with a unit; installs Debian's systemd as root, which
 * starts nothing of it.
 */
export function ensureSystemd(progress: Progress): Promise<string> {
  return ensureDebianProgram({
    title: "systemd-analyze",
    packageName: "systemd",
    help: "install Debian's systemd",
    find: () => findProgram("systemd-analyze"),
  }, progress);
}
