import { useSignal } from "@preact/signals";
import type { Indicator } from "../../lib/indicators/indicator.ts";
import { writeIndicator } from "../../lib/indicators/indicator.ts";
import type { IndicatorKind, Pane } from "../../lib/indicators/indicator_kind.ts";
import { INDICATOR_KINDS } from "../../lib/indicators/indicator_table.ts";
import {
  indicatorOf,
  MAX_INDICATORS,
  typedNumbers,
  usualIndicator,
} from "../../lib/indicators/parse_indicators.ts";
import { IndicatorRow } from "./IndicatorRow.tsx";

const GROUPS: readonly (readonly [Pane, string])[] = [
  ["price", "Over the prices"],
  ["volume", "Over the volume"],
  ["own", "Below, in separate panes"],
];

/**
 * Chooses indicators and their settings. A kind keeps its place whether it is chosen or not, so that the focus stays.
 */
export function IndicatorList(
  { chosen, onChoose }: {
    chosen: readonly Indicator[];
    onChoose: (indicators: readonly Indicator[]) => void;
  },
) {
  const problem = useSignal("");
  const choose = (next: readonly Indicator[]) => {
    const names = new Set(next.map(writeIndicator));
    if (names.size < next.length) problem.value = "It is chosen already.";
    else if (next.length > MAX_INDICATORS) {
      problem.value = `At most ${MAX_INDICATORS} indicators can be shown.`;
    } else {
      problem.value = "";
      onChoose(next);
    }
  };
  const setting = (indicator: Indicator, kind: IndicatorKind, text: string) => {
    const changed = indicatorOf(kind, typedNumbers(text));
    if (typeof changed === "string") problem.value = changed;
    else choose(chosen.map((one) => one === indicator ? changed : one));
  };
  return (
    <>
      {GROUPS.map(([pane, title]) => (
        <fieldset key={pane} class="menu-group">
          <legend>{title}</legend>
          {INDICATOR_KINDS.filter((kind) => kind.pane === pane).flatMap((kind) => {
            const own = chosen.filter((indicator) => indicator.kind === kind.name);
            const rows = own.length === 0 ? [usualIndicator(kind)] : own;
            return rows.map((indicator, place) => (
              <IndicatorRow
                key={`${kind.name}${place}`}
                kind={kind}
                indicator={indicator}
                isChosen={chosen.includes(indicator)}
                isFull={chosen.length >= MAX_INDICATORS}
                onToggle={(isChosen) =>
                  choose(
                    isChosen ? [...chosen, indicator] : chosen.filter((one) => one !== indicator),
                  )}
                onSettings={(text) => setting(indicator, kind, text)}
                onAnother={() => choose([...chosen, another(kind, indicator)])}
              />
            ));
          })}
        </fieldset>
      ))}
      <p class="menu-problem" role="status">{problem}</p>
    </>
  );
}

/** Another indicator of the kind, with twice the period. */
function another(kind: IndicatorKind, { settings }: Indicator): Indicator {
  const [first, ...rest] = Object.values(kind.inputs);
  const length = Math.min(first?.most ?? 0, (settings[0] ?? 0) * 2);
  const numbers = [length, ...settings.slice(1, rest.length + 1)].map(String);
  const made = indicatorOf(kind, numbers);
  return typeof made === "string" ? usualIndicator(kind) : made;
}
