import { type Alert, BOUNDS } from "../../lib/alerts/alert.ts";
import { figure } from "../../lib/alerts/describe.ts";
import { isGranularity } from "../../lib/candles/granularity.ts";

/** The conditions that a person can choose, with the fields that each needs. */
export const ALERT_KINDS = {
  price: { title: "Price crosses a value", fields: ["value"] },
  change: { title: "Price moves within minutes", fields: ["percent", "changeMinutes"] },
  volume: { title: "Volume of a minute is unusual", fields: ["times", "volumeMinutes"] },
  rsi: { title: "RSI crosses a level", fields: ["level", "period", "granularity"] },
} as const;
export type AlertKind = keyof typeof ALERT_KINDS;
export const KINDS: readonly AlertKind[] = ["price", "change", "volume", "rsi"];

type NumberField =
  | "value"
  | "percent"
  | "changeMinutes"
  | "times"
  | "volumeMinutes"
  | "level"
  | "period";

/** A field's label, its initial value, and whether it takes only whole numbers. */
export const NUMBER_FIELDS: Readonly<
  Record<NumberField, { label: string; first: string; isWhole: boolean }>
> = {
  value: { label: "Price", first: "", isWhole: false },
  percent: { label: "Percent", first: "2", isWhole: false },
  changeMinutes: { label: "Within minutes", first: "15", isWhole: true },
  times: { label: "Times the average", first: "5", isWhole: false },
  volumeMinutes: { label: "Average of minutes", first: "20", isWhole: true },
  level: { label: "Level", first: "70", isWhole: false },
  period: { label: "Period", first: "14", isWhole: true },
};

/** A number as people and lists write it; a comma parts thousands, and nothing else: 1,5 is not fifteen. */
const NUMBER = /^[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[+-]?\d{1,3})?$/i;

/** What a form holds, by field. */
export type FormFields = ReadonlyMap<string, string>;

export interface FormError {
  readonly field: string;
  readonly message: string;
}

/** Reads a form into an alert of that id, or names each bad field and what is allowed. */
export function readAlertForm(
  fields: FormFields,
  products: readonly string[],
  id: string,
): { readonly alert: Alert } | { readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const number = (field: NumberField): number => {
    const text = fields.get(field)?.trim() ?? "";
    const { label, isWhole } = NUMBER_FIELDS[field];
    const { min, max } = BOUNDS[field];
    const value = text !== "" && NUMBER.test(text) ? Number(text.replaceAll(",", "")) : NaN;
    if (!(value >= min && value <= max) || (isWhole && !Number.isInteger(value))) {
      const range = field === "value" ? "above 0" : `from ${figure(min)} to ${figure(max)}`;
      const what = isWhole ? "a whole number" : "a number";
      const shown = text === "" ? "nothing" : `“${text.slice(0, 32)}”`;
      errors.push({ field, message: `${label}: ${shown} is not ${what} ${range}.` });
    }
    return value;
  };
  const product = fields.get("product")?.trim().toUpperCase() ?? "";
  if (!products.includes(product)) {
    const shown = product === "" ? "Nothing" : `“${product.slice(0, 32)}”`;
    errors.push({ field: "product", message: `${shown} is not among the products here.` });
  }
  const condition = readCondition(fields, number, errors);
  if (errors.length > 0 || condition === null) return { errors };
  return {
    alert: {
      id,
      product,
      condition,
      ...readManner(fields),
      isOn: true,
    },
  };
}

/**
 * How an alert is announced, whatever its condition: the part of a drawn line's alert that can be
 * changed here.
 */
export function readManner(fields: FormFields): Pick<Alert, "repeats" | "sound"> {
  return { repeats: fields.get("repeats") === "on", sound: fields.get("sound") === "on" };
}

function readCondition(
  fields: FormFields,
  number: (field: NumberField) => number,
  errors: FormError[],
): Alert["condition"] | null {
  switch (fields.get("kind")) {
    case "price":
      return { kind: "price", value: number("value") };
    case "change":
      return { kind: "change", percent: number("percent"), minutes: number("changeMinutes") };
    case "volume":
      return { kind: "volume", times: number("times"), minutes: number("volumeMinutes") };
    case "rsi": {
      const granularity = fields.get("granularity");
      if (!isGranularity(granularity)) {
        errors.push({ field: "granularity", message: "Choose one of the granularities." });
        return null;
      }
      return { kind: "rsi", level: number("level"), period: number("period"), granularity };
    }
    default:
      errors.push({ field: "kind", message: "Choose what to wait for." });
      return null;
  }
}

/** The fields of an alert that is edited. A drawn line's are the chart's. */
export function fieldsOf({ product, condition, repeats, sound }: Alert): FormFields {
  const fields = new Map([["product", product], ["kind", condition.kind]]);
  if (repeats) fields.set("repeats", "on");
  if (sound) fields.set("sound", "on");
  switch (condition.kind) {
    case "price":
      return fields.set("value", String(condition.value));
    case "change":
      return fields.set("percent", String(condition.percent))
        .set("changeMinutes", String(condition.minutes));
    case "volume":
      return fields.set("times", String(condition.times))
        .set("volumeMinutes", String(condition.minutes));
    case "rsi":
      return fields.set("level", String(condition.level))
        .set("period", String(condition.period))
        .set("granularity", condition.granularity);
    case "line":
      return fields;
  }
}
