/** Which way a price went, after rounding to what is shown. */
export type Direction = "up" | "down" | "flat";

/** A change as people see it: never by colour alone, so the text has its sign. */
export interface Change {
  readonly direction: Direction;
  /** `+2.31%`, `−0.40%` (a true minus), `0.00%`. */
  readonly text: string;
}

/** A percentage as a change. Two digits, one from 1000 % on. */
export function changeOf(percent: number): Change {
  const size = Math.abs(percent);
  const text = size >= 1000 ? size.toFixed(0) : size.toFixed(2);
  if (Number(text) === 0) return { direction: "flat", text: "0.00%" };
  return percent > 0
    ? { direction: "up", text: `+${text}%` }
    : { direction: "down", text: `−${text}%` };
}

/** The change from a reference price to a price; null without a reference. */
export function changeSince(reference: number | null, price: number): Change | null {
  return reference === null ? null : changeOf((price / reference - 1) * 100);
}
