/** Symbols of quote currencies that are written before the amount; others follow it as a code. */
const SYMBOLS: Readonly<Record<string, string>> = { USD: "$", EUR: "€", GBP: "£" };

/**
 * A price in plain notation (`68900.5`) with grouped thousands and at least `digits` fraction digits
 * (`68,900.50`). More digits than that are shown, never rounded away: what is on the page is what was
 * traded. It works on text, so no float is involved.
 */
export function plainPriceText(plain: string, digits: number): string {
  const negative = plain.startsWith("-");
  const [whole = "0", fraction = ""] = (negative ? plain.slice(1) : plain).split(".");
  const tail = fraction.padEnd(digits, "0");
  return `${negative ? "−" : ""}${groupThousands(whole)}${tail === "" ? "" : `.${tail}`}`;
}

/** An amount's text with its currency: `$1.20`, `€3`, `0.5 BTC`. */
export function withCurrency(text: string, currency: string): string {
  const symbol = SYMBOLS[currency];
  return symbol === undefined ? `${text} ${currency}` : `${symbol}${text}`;
}

/** Digits with a comma between each three of them. Here, so that the dashboard loads no chunk for it alone. */
export function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}
