/** Which static files a transform is for. */
export interface OnTransformOptions {
  /** For messages. */
  pluginName: string;
  /** Matched against the file's absolute path. */
  filter: RegExp;
}

/** What a transform is given. */
export interface OnTransformArgs {
  /** The file's absolute path. */
  path: string;
  target: string | string[];
  text: string;
  content: Uint8Array<ArrayBuffer>;
  mode: "development" | "production";
  root: string;
}

/** What a transform makes of a file. */
export interface OnTransformResult {
  content: string | Uint8Array<ArrayBuffer>;
}

/** Gives a file other content, or leaves it unchanged by returning nothing. */
export type TransformFn = (
  args: OnTransformArgs,
) => void | OnTransformResult | Promise<void | OnTransformResult>;

/** The transforms of a builder, applied in the order they were added. */
export class StaticTransforms {
  readonly #transforms: { options: OnTransformOptions; transform: TransformFn }[] = [];

  add(options: OnTransformOptions, transform: TransformFn): void {
    this.#transforms.push({ options, transform });
  }

  /** The content after all transforms for this path, or null if none changed it. Errors name their plugin. */
  async apply(
    original: Omit<OnTransformArgs, "text">,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    let content = original.content;
    for (const { options, transform } of this.#transforms) {
      if (original.path.search(options.filter) === -1) continue;
      const text = new TextDecoder().decode(content);
      try {
        const result = await transform({ ...original, content, text });
        if (result) content = toBytes(result.content);
      } catch (error) {
        throw new Error(`${options.pluginName}: could not transform ${original.path}`, {
          cause: error,
        });
      }
    }
    return content === original.content ? null : content;
  }
}

function toBytes(content: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
