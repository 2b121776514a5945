import type { Indicator } from "./indicator.ts";
import { writeIndicator } from "./indicator.ts";
import type { IndicatorInput, IndicatorKind } from "./indicator_kind.ts";
import { INDICATOR_KINDS, indicatorNamed } from "./indicator_table.ts";
import { quoted } from "./quoted.ts";

/** More lines than this cannot be distinguished. */
export const MAX_INDICATORS = 8;
/** A number as it may be written. */
const NUMBER = /^\d{1,5}(\.\d{1,4})?$/;
const MOST_PARTS = 100;

/** The indicators of a list, and a sentence for each part that could not be used. */
export interface ReadIndicators {
  readonly indicators: readonly Indicator[];
  readonly problems: readonly string[];
}

/**
 * Reads a list of indicators from an address or an attribute: `ema:21,rsi`. Settings that are left out have their
 * defaults, and repeated indicators count once. Parts that cannot be used are named.
 */
export function parseIndicators(text: string | null): ReadIndicators {
  const found = new Map<string, Indicator>();
  const problems: string[] = [];
  for (const part of (text ?? "").split(",", MOST_PARTS)) {
    const written = part.trim();
    if (written === "") continue;
    const read = parseIndicator(written);
    if (typeof read === "string") problems.push(read);
    else if (found.size < MAX_INDICATORS || found.has(writeIndicator(read))) {
      found.set(writeIndicator(read), read);
    } else {
      problems.push(
        `At most ${MAX_INDICATORS} indicators can be shown: ${quoted(written)} is left out.`,
      );
    }
  }
  return { indicators: [...found.values()], problems: [...new Set(problems)].slice(0, 4) };
}

/** An indicator of a kind with these numbers as settings; a sentence if they cannot be its settings. */
export function indicatorOf(
  kind: IndicatorKind,
  numbers: readonly string[],
): Indicator | string {
  const inputs = Object.values(kind.inputs);
  const name = kind.short;
  if (numbers.length > inputs.length) {
    return `${name} has ${inputs.length === 0 ? "no settings" : settingsText(inputs)}: ${
      quoted(numbers.join(":"))
    } are too many.`;
  }
  const settings: number[] = [];
  for (const [index, input] of inputs.entries()) {
    const written = numbers[index]?.trim() ?? "";
    const value = written === "" ? input.usual : NUMBER.test(written) ? Number(written) : NaN;
    const fits = value >= input.least && value <= input.most;
    if (!fits || input.isWhole && !Number.isInteger(value)) {
      const sort = input.isWhole ? "a whole number" : "a number";
      return `The ${input.title} of ${name} is ${sort} from ${input.least} to ${input.most}, not ${
        quoted(written)
      }.`;
    }
    settings.push(value);
  }
  const refusal = kind.refuse?.(settingsByName(kind, settings)) ?? null;
  if (refusal !== null) return `${name} ${settings.join(", ")} cannot be drawn: ${refusal}.`;
  return { kind: kind.name, settings, pane: kind.pane };
}

/** The parts of settings as people type them, `20, 2.5` or `20 2.5`. What is no number is a part too, to be named. */
export function typedNumbers(text: string): readonly string[] {
  return text.split(/[\s,;:/]+/).filter((part) => part !== "");
}

export function usualIndicator(kind: IndicatorKind): Indicator {
  const settings = Object.values(kind.inputs).map(({ usual }) => usual);
  return { kind: kind.name, settings, pane: kind.pane };
}

/** Its name for people: `EMA 21`, `Bollinger 20, 2`. */
export function indicatorTitle({ kind, settings }: Indicator): string {
  return [indicatorNamed(kind)?.short ?? kind, settings.join(", ")].join(" ").trim();
}

/** Settings by the names of a kind's inputs. */
export function settingsByName(
  kind: IndicatorKind,
  settings: readonly number[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(kind.inputs).map(([name, { usual }], index) => [name, settings[index] ?? usual]),
  );
}

function parseIndicator(text: string): Indicator | string {
  const [name = "", ...numbers] = text.toLowerCase().split(":");
  const kind = indicatorNamed(name.trim());
  if (kind !== null) return indicatorOf(kind, numbers);
  const names = INDICATOR_KINDS.map((one) => one.name).join(", ");
  return `No indicator: ${quoted(text)}. There are ${names}.`;
}

function settingsText(inputs: readonly IndicatorInput[]): string {
  return inputs.length === 1
    ? `one setting, the ${inputs[0]?.title}`
    : `${inputs.length} settings: ${inputs.map(({ title }) => title).join(", ")}`;
}
