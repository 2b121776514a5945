import { useSignal } from "@preact/signals";
import type { Indicator } from "../../lib/indicators/indicator.ts";
import type { IndicatorKind } from "../../lib/indicators/indicator_kind.ts";
import { indicatorTitle } from "../../lib/indicators/parse_indicators.ts";

/** An indicator of the menu: whether it is chosen, and its settings. */
export function IndicatorRow(
  { kind, indicator, isChosen, isFull, onToggle, onSettings, onAnother }: {
    kind: IndicatorKind;
    indicator: Indicator;
    isChosen: boolean;
    /** Whether the limit of indicators is reached. */
    isFull: boolean;
    onToggle: (isChosen: boolean) => void;
    /** Takes settings as typed. */
    onSettings: (text: string) => void;
    onAnother: () => void;
  },
) {
  const settings = indicator.settings.join(", ");
  /** What is being typed, which a rendering of the live chart must not replace. */
  const typed = useSignal<string | null>(null);
  const title = indicatorTitle(indicator);
  const bounds = Object.values(kind.inputs)
    .map(({ title, least, most }) => `${title} (${least} to ${most})`).join(", ");
  return (
    <div class="menu-row">
      <label>
        <input
          type="checkbox"
          checked={isChosen}
          disabled={!isChosen && isFull}
          onChange={(event) => onToggle(event.currentTarget.checked)}
        />
        {kind.title}
      </label>
      {isChosen && settings !== ""
        ? (
          <>
            <input
              type="text"
              inputMode="decimal"
              aria-label={`Settings of ${title}`}
              title={bounds}
              value={typed.value ?? settings}
              onInput={(event) => typed.value = event.currentTarget.value}
              onChange={(event) => {
                onSettings(event.currentTarget.value);
                // The settings in use come back: these if they are usable.
                typed.value = null;
              }}
            />
            <button
              type="button"
              aria-label={`Another ${kind.short}`}
              title={`Another ${kind.short}`}
              disabled={isFull}
              onClick={onAnother}
            >
              +
            </button>
          </>
        )
        : <span>{settings}</span>}
    </div>
  );
}
