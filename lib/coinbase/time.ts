const MS_PER_DAY = 86_400_000;

/** Times outside these years are mistakes, not trades. */
const FIRST_YEAR = 2010;
const LAST_YEAR = 2099;

// Nearly every time is of the same day as the one before it, so one day is cached.
let cachedDay = -1;
let cachedDayMs = 0;

/**
 * Reads an ISO time in UTC, `2026-04-07T14:30:02.789012Z` or with `+00:00`, with no fraction or up to nine
 * digits of it, as epoch milliseconds rounded down. Null for anything else and for absurd years.
 */
export function parseIsoTime(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const length = text.length;
  if (length < 20 || length > 35) return null;
  const timeOfDay = twoDigits(text, 11) * 3600 + twoDigits(text, 14) * 60 + twoDigits(text, 17);
  const day = (twoDigits(text, 0) * 100 + twoDigits(text, 2)) * 10_000 + twoDigits(text, 5) * 100 +
    twoDigits(text, 8);
  // A part that is not two digits is NaN, and so is every sum with it.
  if (
    !(timeOfDay >= 0) || !(day >= 0) ||
    text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH ||
    text.charCodeAt(10) !== LETTER_T ||
    text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON ||
    text.charCodeAt(11) > DIGIT_2 ||
    (text.charCodeAt(11) === DIGIT_2 && text.charCodeAt(12) > DIGIT_3) ||
    text.charCodeAt(14) > DIGIT_5 || text.charCodeAt(17) > DIGIT_5
  ) return null;
  if (day !== cachedDay) {
    const dayMs = startOfDay(day);
    if (dayMs === null) return null;
    cachedDay = day;
    cachedDayMs = dayMs;
  }
  let end = 19;
  let ms = 0;
  if (text.charCodeAt(19) === POINT) {
    let digits = 0;
    for (end = 20; end < length; end++) {
      const digit = text.charCodeAt(end) - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) break;
      // Digits after the third are below a millisecond; dropping them rounds down.
      if (digits < 3) ms = ms * 10 + digit;
      digits++;
    }
    if (digits === 0 || digits > 9) return null;
    if (digits === 1) ms *= 100;
    else if (digits === 2) ms *= 10;
  }
  const utc = text.charCodeAt(end) === LETTER_Z
    ? end + 1 === length
    : end + 6 === length && text.endsWith("+00:00");
  return utc ? cachedDayMs + timeOfDay * 1000 + ms : null;
}

const GO_TIME =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) \+0000 UTC(?: m=[+-]\d{1,20}(?:\.\d{1,20})?)?$/;

/**
 * Reads a heartbeat's time as epoch milliseconds: Go's default format in UTC, with or without the monotonic
 * reading at its end (`2026-04-07 14:30:10.5 +0000 UTC m=+91717.5`), or ISO. Null for anything else.
 */
export function parseHeartbeatTime(text: unknown): number | null {
  if (typeof text !== "string" || text.length > 100) return null;
  const go = GO_TIME.exec(text);
  return parseIsoTime(go === null ? text : `${go[1]}T${go[2]}Z`);
}

const DASH = 45;
const POINT = 46;
const DIGIT_0 = 48;
const DIGIT_2 = 50;
const DIGIT_3 = 51;
const DIGIT_5 = 53;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;

/** The number that two digits at `at` make; `NaN` if they are not both digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - DIGIT_0;
  const ones = text.charCodeAt(at + 1) - DIGIT_0;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** Epoch milliseconds of the day written as the number `yyyymmdd`; null if the calendar has no such day. */
function startOfDay(day: number): number | null {
  const year = Math.floor(day / 10_000);
  const month = Math.floor(day / 100) % 100;
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return null;
  const first = Date.UTC(year, month - 1, 1);
  const dayMs = first + (day % 100 - 1) * MS_PER_DAY;
  return dayMs >= first && dayMs < Date.UTC(year, month, 1) ? dayMs : null;
}
