import type { PageConnection } from "../../../lib/browser/connection.ts";
import { parseGranularity } from "../../../lib/candles/granularity.ts";
import { parseProductId } from "../../../lib/candles/product.ts";
import { encodeCandle } from "../../../lib/candles/wire.ts";
import type { ChartView } from "../../chart/chart_view.ts";
import { parseChartView } from "../../chart/chart_view.ts";
import { LiveChart } from "../../chart/browser/live_chart.ts";
import { followChart } from "./chart_stream.ts";
import { fetchSpotChartData } from "./spot_chart_data.ts";
import { legendParts } from "./spot_chart_legend.ts";
import { SPOT_CHART_STYLE } from "./spot_chart_style.ts";

/** Where this module came from, which is where candles come from unless `src` says otherwise. */
const HOME = new URL(import.meta.url).origin;
const RETRY_MS = 5000;

/**
 * `<spot-chart product granularity src indicators scale zone theme>`: a live chart for any page. It draws in
 * its shadow, over whatever its markup holds until then. Its state is an attribute and an event.
 */
class SpotChartElement extends HTMLElement {
  static readonly observedAttributes = [
    "product",
    "granularity",
    "src",
    "indicators",
    "scale",
    "zone",
    "theme",
  ];
  readonly #mount = made("div", "mount");
  readonly #legend = made("div", "legend");
  readonly #note = made("p", "note");
  #running: AbortController | null = null;
  #chart: LiveChart | null = null;
  #isQueued = false;
  #hasNewSource = false;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SPOT_CHART_STYLE);
    shadow.adoptedStyleSheets = [sheet];
    const credit = made("a", "credit");
    credit.textContent = "Charts by TradingView";
    credit.setAttribute("href", "https://www.tradingview.com/");
    credit.setAttribute("rel", "noopener");
    this.#mount.setAttribute("role", "application");
    this.#note.setAttribute("role", "status");
    shadow.append(this.#legend, this.#mount, document.createElement("slot"), this.#note, credit);
  }

  connectedCallback(): void {
    this.#restart();
  }

  disconnectedCallback(): void {
    this.#stop();
    this.removeAttribute("state");
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.isConnected) return;
    this.#hasNewSource ||= ["product", "granularity", "src"].includes(name);
    if (this.#isQueued) return;
    this.#isQueued = true;
    // Attributes that are set together take effect together.
    queueMicrotask(() => {
      this.#isQueued = false;
      if (!this.isConnected) return;
      if (this.#hasNewSource) this.#restart();
      else this.#chart?.look(this.#view());
    });
  }

  #restart(): void {
    this.#stop();
    this.#hasNewSource = false;
    const running = this.#running = new AbortController();
    void this.#run(running.signal);
  }

  #stop(): void {
    this.#running?.abort();
    this.#chart?.close();
    this.#chart = null;
    this.#legend.replaceChildren();
    this.#mount.removeAttribute("data-drawn");
  }

  /** Shows the chart; while the server has none to give, tries again. */
  async #run(signal: AbortSignal): Promise<void> {
    const productId = parseProductId(this.getAttribute("product")?.toUpperCase());
    const granularity = parseGranularity(this.getAttribute("granularity") ?? "ONE_MINUTE");
    if (productId === null || granularity === null) {
      this.#note.textContent = "This chart needs a product and a granularity.";
      return this.#say("error");
    }
    this.#note.textContent = "";
    this.#mount.setAttribute("aria-label", `Live chart of ${productId}`);
    this.#say("connecting");
    const base = this.#base();
    while (!signal.aborted) {
      try {
        const data = await fetchSpotChartData(base, productId, granularity, signal);
        if (signal.aborted) return;
        const { position } = data;
        this.#chart = new LiveChart({
          productId,
          granularity,
          digits: data.digits,
          candles: data.candles,
          older: data.next,
          base,
          view: this.#view(),
          listen: (listener) =>
            followChart({
              base,
              productId,
              granularity,
              position,
              listener,
              state: (state) => this.#say(state),
            }),
        }, {
          candle: (candle, studies) =>
            this.#legend.replaceChildren(
              ...legendParts(candle, studies, data.digits, this.#view().zone),
            ),
          changed: (candle) =>
            this.dispatchEvent(
              new CustomEvent("candle", { detail: JSON.parse(encodeCandle(candle)) }),
            ),
          note: (text) => this.#note.textContent = text,
        });
        return await this.#chart.draw(this.#mount);
      } catch {
        if (signal.aborted) return;
        this.#chart?.close();
        this.#note.textContent = "The chart’s server cannot be reached; it is being tried again.";
        this.#say("reconnecting");
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  #say(state: PageConnection["state"] | "error"): void {
    if (this.getAttribute("state") === state) return;
    this.setAttribute("state", state);
    this.dispatchEvent(new CustomEvent("statechange", { detail: { state } }));
  }

  #base(): string {
    return new URL(this.getAttribute("src") ?? HOME, location.href).origin;
  }

  #view(): ChartView {
    const attributes = ["indicators", "scale", "zone"].map((name) => [
      name,
      this.getAttribute(name) ?? "",
    ]);
    return parseChartView(new URLSearchParams(attributes));
  }
}

function made(tag: string, name: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  element.setAttribute("part", name);
  return element;
}

if (customElements.get("spot-chart") === undefined) {
  customElements.define("spot-chart", SpotChartElement);
}
