/** Trades side by side mostly share their second. */
let lastSeconds = NaN;
let lastStem = "";

/**
 * Epoch microseconds as Coinbase writes them: RFC 3339 the way Go prints it, trailing zeros of the
 * fraction left out (`2026-04-07T14:30:02.7891Z`, `2026-04-07T14:30:02Z`).
 */
export function isoTime(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  if (seconds !== lastSeconds) {
    lastSeconds = seconds;
    lastStem = new Date(seconds * 1000).toISOString().slice(0, 19);
  }
  const stem = lastStem;
  const fraction = Math.round(micros - seconds * 1e6);
  if (fraction === 0) return stem + "Z";
  const digits = String(1e6 + fraction).slice(1);
  let end = 6;
  while (digits.charCodeAt(end - 1) === 48) end--;
  return stem + "." + digits.slice(0, end) + "Z";
}

/** Go's `time.String()`, which heartbeats carry: `2026-04-07 14:30:10.000000000 +0000 UTC m=+91717.5`. */
export function goTime(micros: number, monotonicSeconds: number): string {
  const seconds = Math.floor(micros / 1e6);
  const stem = new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
  const nanos = String(1e6 + Math.round(micros - seconds * 1e6)).slice(1) + "000";
  return `${stem}.${nanos} +0000 UTC m=+${monotonicSeconds}`;
}
