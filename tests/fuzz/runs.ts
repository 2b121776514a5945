import fc from "fast-check";

/** How long each property may look for a counterexample: all of them together stay below twenty seconds. */
export const RUNS = { numRuns: 2000, interruptAfterTimeLimit: 1000 } as const;

/** Text as an attacker would send it: of any characters, and of those that mean something to a parser of ours. */
export function hostileText(meaningful: readonly string[], maxLength = 40): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: "binary", maxLength }),
    fc.array(fc.oneof(fc.constantFrom(...meaningful), fc.string({ maxLength: 3 })), { maxLength })
      .map((parts) => parts.join("")),
  );
}

/** A good text with a piece of it cut out, and something else in its place. */
export function damaged(text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: text.length });
  return fc.tuple(at, fc.nat({ max: 8 }), fc.string({ maxLength: 6 })).map(
    ([from, length, middle]) => text.slice(0, from) + middle + text.slice(from + length),
  );
}
