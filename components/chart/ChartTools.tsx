import type { ComponentChildren } from "preact";
import type { ProductId } from "../../lib/candles/product.ts";
import type { ChartScale, ChartView } from "./chart_view.ts";
import { scaleOf } from "./chart_view.ts";
import { CloseCountdown } from "./CloseCountdown.tsx";
import { Icon } from "../site/Icon.tsx";
import { CompareMenu } from "./CompareMenu.tsx";
import { IndicatorMenu } from "./IndicatorMenu.tsx";
import { StyleChoice } from "./StyleChoice.tsx";

/** The chart's view settings and tools. Only shown where script runs. */
export function ChartTools(
  { productId, length, view, isLive, onView, onSave, onFullscreen, menus, children }: {
    productId: ProductId;
    /** Seconds of a candle. */
    length: number;
    view: ChartView;
    /** Whether there is a live chart for the tools to work on. */
    isLive: boolean;
    onView: (view: ChartView) => void;
    onSave: () => void;
    onFullscreen: () => void;
    /** More menus, beside that of the indicators. */
    menus?: ComponentChildren;
    /** More tools, after these. */
    children?: ComponentChildren;
  },
) {
  const scale = (one: ChartScale, text: string, label: string) => (
    <button
      type="button"
      aria-pressed={scaleOf(view) === one ? "true" : "false"}
      aria-label={label}
      title={view.compare.length === 0 ? label : "Products are compared in percent"}
      disabled={view.compare.length > 0}
      data-setting="Chart"
      onClick={() => onView({ ...view, scale: view.scale === one ? "linear" : one })}
    >
      {text}
    </button>
  );
  return (
    <div class="chart-tools" inert={!isLive}>
      <CloseCountdown length={length} />
      <StyleChoice style={view.style} onChoose={(style) => onView({ ...view, style })} />
      <IndicatorMenu
        chosen={view.indicators}
        onChoose={(indicators) => onView({ ...view, indicators })}
      />
      <CompareMenu
        productId={productId}
        chosen={view.compare}
        onChoose={(compare) => onView({ ...view, compare })}
      />
      {menus}
      {scale("log", "Log", "Log scale")}
      {scale("percent", "%", "% scale")}
      <button
        type="button"
        aria-pressed={view.zone === "local" ? "true" : "false"}
        aria-label="Local time"
        title="Times of this device instead of UTC"
        data-setting="Chart"
        onClick={() => onView({ ...view, zone: view.zone === "utc" ? "local" : "utc" })}
      >
        Local
      </button>
      <button
        type="button"
        aria-label="Save a picture"
        title="Save a picture"
        data-setting="Chart"
        onClick={onSave}
      >
        <Icon path="M2 5h3l1-1.5h4L11 5h3v8H2zM8 6.6a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z" />
      </button>
      <button
        type="button"
        aria-label="Full screen"
        title="Full screen"
        data-setting="Chart"
        onClick={onFullscreen}
      >
        <Icon path="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />
      </button>
      {children}
    </div>
  );
}
