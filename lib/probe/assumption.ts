import type { Evidence } from "./evidence.ts";

/** `not seen`: nothing happened that could have shown it either way. */
export type Verdict = "holds" | "contradicted" | "not seen";

/** An assumption that the program relies on, and how a recording shows whether it holds. */
export interface Assumption {
  /** `family - statement`, which is how tests and tables name it. */
  readonly name: string;
  check(evidence: Evidence): Outcome;
}

export interface Outcome {
  readonly verdict: Verdict;
  /** The evidence: `1204 frames`. */
  readonly seen: string;
  /** The first few contradictions, each with its place in the recording. */
  readonly against: readonly string[];
}

export interface Finding extends Outcome {
  readonly name: string;
}

const MAX_EXAMPLES = 3;

/** Counts what speaks for an assumption and keeps the first things that speak against it. */
export class Tally {
  #seen = 0;
  #against = 0;
  readonly #examples: string[] = [];

  get seen(): number {
    return this.#seen;
  }

  /** Counts things that were examined. */
  see(count = 1): void {
    this.#seen += count;
  }

  against(example: string): void {
    this.#against++;
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(example);
  }

  /** Counts one thing and whether it is as assumed; `example` describes a contradiction. */
  expect(isSo: boolean, example: () => string): void {
    this.#seen++;
    if (!isSo) this.against(example());
  }

  /** `what` names the things counted, or makes the whole description. Fewer than `needed` show nothing. */
  outcome(what: string | (() => string), needed = 1): Outcome {
    const seen = typeof what === "string" ? `${this.#seen} ${what}` : what();
    if (this.#against > 0) {
      return {
        verdict: "contradicted",
        seen: `${this.#against} against, of ${seen}`,
        against: this.#examples,
      };
    }
    return { verdict: this.#seen >= needed ? "holds" : "not seen", seen, against: [] };
  }
}
