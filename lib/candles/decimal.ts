/**
 * An exact decimal number, `units × 10^-scale`. `units` is a safe integer wherever it fits and a
 * bigint beyond, so that the common case costs no allocation and no case loses a digit.
 */
export interface Decimal {
  readonly units: number | bigint;
  readonly scale: number;
}

export const ZERO: Decimal = Object.freeze({ units: 0, scale: 0 });

/**
 * The longest text that `parseDecimal` reads: no price, size or sum needs more, and hostile input
 * is bounded.
 */
export const MAX_DECIMAL_LENGTH = 64;

const MAX_FAST_DIGITS = 15;
/**
 * Powers of ten by their exponent, as far as every number of that many digits is a safe integer.
 */
export const POWERS: readonly number[] = Array.from({ length: 16 }, (_, power) => 10 ** power);
const BIG_POWERS: bigint[] = [];

/**
 * Reads plain decimal notation: digits with an optional minus and fraction (`"0.00150000"`, `"-12"`).
 * Null for anything else: exponents, signs like `+`, bare points, `NaN`, blanks, over-long text.
 */
export function parseDecimal(text: unknown): Decimal | null {
  if (typeof text !== "string") return null;
  let end = text.length;
  if (end === 0 || end > MAX_DECIMAL_LENGTH) return null;
  const negative = text.charCodeAt(0) === 45;
  const begin = negative ? 1 : 0;
  let point = -1;
  let units = 0;
  let digits = 0;
  // One pass; `units` is used only if it has at most fifteen digits.
  let trailingZeros = 0;
  for (let i = begin; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      units = units * 10 + (code - 48);
      if (digits > 0 || code !== 48) digits++;
      trailingZeros = code === 48 ? trailingZeros + 1 : 0;
    } else if (code === 46 && point < 0) {
      point = i;
      trailingZeros = 0;
    } else {
      return null;
    }
  }
  if (end === begin || point === begin || point === end - 1) return null;
  if (point < 0) return sized(text, negative, begin, end, -1, units, digits);
  // Zeros at the end of a fraction carry no value: dropping them keeps units small.
  if (digits <= MAX_FAST_DIGITS && trailingZeros > 0) {
    units = units / (POWERS[trailingZeros] ?? 10 ** trailingZeros);
  }
  digits -= trailingZeros;
  end -= trailingZeros;
  if (end === point + 1) end = point;
  return sized(
    text,
    negative,
    begin,
    end,
    end === point ? -1 : point,
    units,
    digits,
    trailingZeros,
  );
}

function sized(
  text: string,
  negative: boolean,
  begin: number,
  end: number,
  point: number,
  units: number,
  digits: number,
  dropped = 0,
): Decimal {
  const scale = point < 0 ? 0 : end - point - 1;
  if (digits + dropped <= MAX_FAST_DIGITS) {
    return { units: negative && units !== 0 ? -units : units, scale };
  }
  const whole = point < 0
    ? text.slice(begin, end)
    : text.slice(begin, point) + text.slice(point + 1, end);
  return { units: shrink(negative ? -BigInt(whole) : BigInt(whole)), scale };
}

/** A decimal that is known to be good (a literal, a database row). Throws a `TypeError` naming it. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === null) throw new TypeError(`not a decimal: ${JSON.stringify(text.slice(0, 80))}`);
  return parsed;
}

/** The exact sum. */
export function add(a: Decimal, b: Decimal): Decimal {
  if (typeof a.units === "number" && typeof b.units === "number") {
    if (a.scale === b.scale) {
      const sum = a.units + b.units;
      if (Number.isSafeInteger(sum)) return { units: sum, scale: a.scale };
    } else {
      const shift = a.scale - b.scale;
      const power = POWERS[shift < 0 ? -shift : shift];
      if (power !== undefined) {
        const left = shift < 0 ? a.units * power : a.units;
        const right = shift < 0 ? b.units : b.units * power;
        const sum = left + right;
        // A safe sum of an unsafe product could hide a lost digit, so all three are checked.
        if (
          Number.isSafeInteger(left) && Number.isSafeInteger(right) && Number.isSafeInteger(sum)
        ) return { units: sum, scale: shift < 0 ? b.scale : a.scale };
      }
    }
  }
  const scale = Math.max(a.scale, b.scale);
  return { units: shrink(raised(a, scale) + raised(b, scale)), scale };
}

/** The exact product. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  const scale = a.scale + b.scale;
  if (typeof a.units === "number" && typeof b.units === "number") {
    const product = a.units * b.units;
    // `-0` is a safe integer too, and would be written "-0".
    if (Number.isSafeInteger(product)) return { units: product === 0 ? 0 : product, scale };
  }
  return { units: shrink(BigInt(a.units) * BigInt(b.units)), scale };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b` in value. */
export function compare(a: Decimal, b: Decimal): number {
  if (typeof a.units === "number" && typeof b.units === "number") {
    if (a.scale === b.scale) return a.units - b.units;
    const shift = a.scale - b.scale;
    const power = POWERS[shift < 0 ? -shift : shift];
    if (power !== undefined) {
      const left = shift < 0 ? a.units * power : a.units;
      const right = shift < 0 ? b.units : b.units * power;
      if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left - right;
    }
  }
  const scale = Math.max(a.scale, b.scale);
  const left = raised(a, scale);
  const right = raised(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Plain notation with every digit and nothing more: no exponent, no trailing zeros, no `-0`. */
export function formatDecimal(value: Decimal): string {
  const { units, scale } = value;
  if (scale === 0) {
    return typeof units === "number" ? `${units === 0 ? 0 : units}` : units.toString();
  }
  if (typeof units === "number" && units >= 0) {
    const power = POWERS[scale];
    if (power !== undefined) {
      const whole = Math.floor(units / power);
      let fraction = units - whole * power;
      if (fraction === 0) return `${whole}`;
      let width = scale;
      while (fraction % 10 === 0) {
        fraction /= 10;
        width--;
      }
      const digits = `${fraction}`;
      return digits.length === width
        ? `${whole}.${digits}`
        : `${whole}.${ZEROS.slice(0, width - digits.length)}${digits}`;
    }
  }
  return formatDigits(units.toString(), scale);
}

/** The nearest double, for drawing only: never for arithmetic on candles. */
export function toNumber(value: Decimal): number {
  const power = POWERS[value.scale];
  return typeof value.units === "number" && power !== undefined
    ? value.units / power
    : Number(formatDecimal(value));
}

const ZEROS = "0".repeat(MAX_DECIMAL_LENGTH);

function formatDigits(text: string, scale: number): string {
  const negative = text.startsWith("-");
  const digits = (negative ? text.slice(1) : text).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  const plain = fraction === "" ? whole : `${whole}.${fraction}`;
  return negative && plain !== "0" ? `-${plain}` : plain;
}

function raised(value: Decimal, scale: number): bigint {
  const shift = scale - value.scale;
  return shift === 0 ? BigInt(value.units) : BigInt(value.units) * bigPower(shift);
}

function bigPower(power: number): bigint {
  return BIG_POWERS[power] ??= 10n ** BigInt(power);
}

function shrink(units: bigint): number | bigint {
  return units >= MIN_SAFE && units <= MAX_SAFE ? Number(units) : units;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const MIN_SAFE = -MAX_SAFE;
