import { join } from "node:path";

/** Written in pieces until one does not fit. */
const PIECE_BYTES = 65_536;

/**
 * A disk of a few megabytes, for a server to run out of: a tmpfs, so root alone can make one. Its owner unmounts it,
 * after whatever runs on it has ended.
 */
export class SmallDisk {
  readonly #ballast: string;

  private constructor(readonly path: string) {
    this.#ballast = join(path, "ballast");
  }

  /** Mounts one at an empty directory. Throws where this user may not mount. */
  static async mount(path: string, megabytes: number): Promise<SmallDisk> {
    await command("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]);
    return new SmallDisk(path);
  }

  /** Takes all the room that is left. */
  async fill(): Promise<void> {
    using file = await Deno.open(this.#ballast, { create: true, append: true });
    const piece = new Uint8Array(PIECE_BYTES);
    try {
      for (;;) if (await file.write(piece) < piece.length) return;
    } catch (error) {
      if (error instanceof Error && /no space/i.test(error.message)) return;
      throw error;
    }
  }

  /** Gives the room back. */
  async free(): Promise<void> {
    await Deno.remove(this.#ballast);
  }

  async unmount(): Promise<void> {
    await command("umount", ["-l", this.path]);
  }
}

async function command(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr).trim()}`);
}
