import { useEffect, useRef } from "preact/hooks";
import type { Indicator } from "../../lib/indicators/indicator.ts";
import {
  INDICATOR_KINDS,
  indicatorTitle,
  parseIndicators,
  usualIndicator,
  writeIndicator,
} from "../../lib/indicators/indicator.ts";
import { closeWhenLeft } from "./browser/menu_closing.ts";

/** Chooses indicators and their settings. A kind keeps its place, chosen or not, and so the focus. */
export function IndicatorMenu(
  { chosen, onChoose }: {
    chosen: readonly Indicator[];
    onChoose: (indicators: readonly Indicator[]) => void;
  },
) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => menu.current === null ? undefined : closeWhenLeft(menu.current), []);
  const rows = INDICATOR_KINDS.flatMap((kind) => {
    const own = chosen.filter((indicator) => indicator.kind === kind);
    return own.length === 0 ? [usualIndicator(kind)] : own;
  });
  const places = new Map<string, number>();
  return (
    <details class="menu" ref={menu}>
      <summary>
        Indicators{chosen.length > 0 && <span class="count">{chosen.length}</span>}
      </summary>
      <div class="menu-box">
        {rows.map((indicator) => {
          const place = places.get(indicator.kind) ?? 0;
          places.set(indicator.kind, place + 1);
          return (
            <MenuRow
              key={`${indicator.kind}${place}`}
              indicator={indicator}
              isChosen={chosen.includes(indicator)}
              onToggle={(isChosen) =>
                onChoose(
                  isChosen ? [...chosen, indicator] : chosen.filter((one) => one !== indicator),
                )}
              onSettings={(text) => {
                const changed = withSettings(indicator, text);
                onChoose(chosen.map((one) => one === indicator ? changed : one));
                return settingsOf(changed);
              }}
            />
          );
        })}
      </div>
    </details>
  );
}

function MenuRow({ indicator, isChosen, onToggle, onSettings }: {
  indicator: Indicator;
  isChosen: boolean;
  onToggle: (isChosen: boolean) => void;
  /** Takes settings as typed, and gives what they became. */
  onSettings: (text: string) => string;
}) {
  const settings = settingsOf(indicator);
  return (
    <div class="menu-row">
      <label>
        <input
          type="checkbox"
          checked={isChosen}
          onChange={(event) => onToggle(event.currentTarget.checked)}
        />
        {NAMES[indicator.kind]}
      </label>
      {isChosen && settings !== ""
        ? (
          <input
            type="text"
            inputMode="numeric"
            aria-label={`Settings of ${indicatorTitle(indicator)}`}
            value={settings}
            onChange={(event) => {
              event.currentTarget.value = onSettings(event.currentTarget.value);
            }}
          />
        )
        : <span>{settings}</span>}
    </div>
  );
}

const NAMES: Readonly<Record<Indicator["kind"], string>> = {
  sma: "Moving average (SMA)",
  ema: "Moving average (EMA)",
  bb: "Bollinger bands",
  vwap: "VWAP of the day",
  rsi: "RSI",
  macd: "MACD",
};

function settingsOf(indicator: Indicator): string {
  return writeIndicator(indicator).split(":").slice(1).join(", ");
}

/** The indicator with settings as they were typed; as it was if they make none. */
function withSettings(indicator: Indicator, text: string): Indicator {
  const numbers = text.split(/[^\d.]+/).filter((part) => part !== "");
  return parseIndicators([indicator.kind, ...numbers].join(":"))[0] ?? indicator;
}
