/** What answers requests for a page. */
interface Requestable {
  request(path: string): Promise<{ readonly text: string } | null>;
}

const LINE = /^spot_canvas_(\w+)(?:\{([^}]*)\})? (\S+)$/;

/** An app's `/metrics` at one moment, without the names' prefix. */
export class AppMetrics {
  readonly #values: readonly { name: string; labels: string; value: number }[];

  private constructor(text: string) {
    this.#values = text.split("\n").flatMap((line) => {
      const [, name = "", labels = "", value] = LINE.exec(line) ?? [];
      return name === "" ? [] : [{ name, labels, value: Number(value) }];
    });
  }

  static async of(app: Requestable): Promise<AppMetrics> {
    return new AppMetrics((await app.request("/metrics"))?.text ?? "");
  }

  /** A metric summed over its labels, or over those that contain a text. */
  sum(name: string, label = ""): number {
    return this.#values.filter((one) => one.name === name && one.labels.includes(label))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** A metric's values that are not 0, by their labels. */
  present(name: string): Record<string, number> {
    const some = this.#values.filter((one) => one.name === name && one.value !== 0);
    return Object.fromEntries(some.map(({ labels, value }) => [labels, value]));
  }
}
