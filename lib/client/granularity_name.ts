const MINUTES: Readonly<Record<number, string>> = {
  1: "ONE_MINUTE",
  5: "FIVE_MINUTE",
  15: "FIFTEEN_MINUTE",
  30: "THIRTY_MINUTE",
  60: "ONE_HOUR",
  120: "TWO_HOUR",
  360: "SIX_HOUR",
  1440: "ONE_DAY",
};
const UNITS: Readonly<Record<string, number>> = { "": 1 / 60, m: 1, h: 60, d: 1440 };

/**
 * The canonical name of a granularity that people write as `5m`, `300` or `FIVE_MINUTES`. Any other text is returned
 * unchanged.
 */
export function granularityName(text: string): string {
  const [, count = 0, unit = ""] = /^(\d+)([mhd]?)$/i.exec(text) ?? [];
  return MINUTES[Number(count) * (UNITS[unit.toLowerCase()] ?? 0)] ??
    text.toUpperCase().replace(/S$/, "");
}
