import { groupThousands } from "./plain_price.ts";

/**
 * A whole number with grouped thousands: `1,234,567`. The same as `toLocaleString("en-US")`, whose first use makes a
 * phone load its locales' data for a tenth of a second.
 */
export function countText(count: number): string {
  return groupThousands(`${count}`);
}
