/**
 * A whole number with grouped thousands: `1,234,567`. The same as `toLocaleString("en-US")`, whose first use makes a
 * phone load its locales' data for a tenth of a second.
 */
export function countText(count: number): string {
  return groupThousands(`${count}`);
}

/** Digits with a comma between each three of them. */
export function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}
