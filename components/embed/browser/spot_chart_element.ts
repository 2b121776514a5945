import type { PageConnection } from "../../../lib/browser/connection.ts";
import { PageRefusal } from "../../../lib/browser/candle_pages.ts";
import {
  type Multiple,
  MULTIPLE_SHAPE,
  parseMultiple,
  shortMultiple,
} from "../../../lib/candles/multiple.ts";
import { parseProductId, PRODUCT_ID_SHAPE, type ProductId } from "../../../lib/candles/product.ts";
import { encodeCandle } from "../../../lib/candles/wire.ts";
import { quoted } from "../../../lib/indicators/quoted.ts";
import type { ChartView } from "../../chart/chart_view.ts";
import { type ReadChartView, readChartView } from "../../chart/read_chart_view.ts";
import { fetchChartData } from "../../chart/browser/chart_data.ts";
import { followChart } from "../../chart/browser/chart_stream.ts";
import { LiveChart } from "../../chart/browser/live_chart.ts";
import { legendParts } from "./spot_chart_legend.ts";
import { SPOT_CHART_STYLE } from "./spot_chart_style.ts";

/**
 * The origin of this module, and of the candles unless `src` names another server.
 */
const HOME = new URL(import.meta.url).origin;
const RETRY_MS = 5000;
/** An element's own `style` is that of its box. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([["style", "chart-style"]]);

/**
 * `<spot-chart product granularity src indicators scale zone theme>`: a live chart for any page. It draws in its shadow
 * root, over its markup's content. Its state is an attribute and an event.
 */
class SpotChartElement extends HTMLElement {
  static readonly observedAttributes = [
    "product",
    "granularity",
    "src",
    "indicators",
    "chart-style",
    "compare",
    "scale",
    "zone",
    "theme",
  ];
  readonly #mount = made("div", "mount");
  readonly #legend = made("div", "legend");
  readonly #note = made("p", "note");
  readonly #name = made("strong", "name");
  /** What was last reported of attributes that cannot be used. */
  #reportedView = "";
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
    const before = made("div", "before");
    before.append(document.createElement("slot"));
    const frame = document.createElement("div");
    frame.className = "frame";
    frame.append(this.#legend, this.#mount, before, this.#note, credit);
    shadow.append(frame);
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
      else {
        this.#reportView();
        this.#chart?.look(this.#view());
      }
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
    this.#legend.replaceChildren(this.#name);
    this.#name.textContent = "";
    this.#mount.removeAttribute("data-drawn");
  }

  /** Shows the chart; retries while the server has none. */
  async #run(signal: AbortSignal): Promise<void> {
    const wanted = this.#wanted();
    if (wanted === null) return;
    const { productId, multiple } = wanted;
    const { of: granularity, name } = multiple;
    const title = `${productId} · ${shortMultiple(multiple)}`;
    this.#name.textContent = title;
    this.#mount.setAttribute("aria-label", `Live chart of ${title}`);
    this.#showState("connecting");
    this.#reportView();
    const base = this.#base();
    while (!signal.aborted) {
      try {
        const data = await fetchChartData(base, productId, multiple, signal);
        if (signal.aborted) return;
        const { position, digits, candles } = data;
        this.#chart = new LiveChart({
          productId,
          granularity,
          multiple,
          digits,
          candles,
          older: data.next,
          base,
          view: this.#view(),
          listen: (listener) =>
            followChart({
              base,
              productId,
              multiple,
              newest: candles.at(-1)?.start ?? null,
              position,
              listener,
              state: (state) => this.#showState(state),
            }),
        }, {
          candle: (candle, studies) =>
            this.#legend.replaceChildren(
              this.#name,
              ...legendParts(candle, studies, digits, this.#view().zone),
            ),
          changed: (candle) => {
            const detail = JSON.parse(encodeCandle({ ...candle, granularity: name }));
            this.dispatchEvent(new CustomEvent("candle", { detail }));
          },
          note: (text) => {
            if (text === "") this.#reportView();
            else this.#note.textContent = text;
          },
        });
        return await this.#chart.draw(this.#mount);
      } catch (error) {
        if (signal.aborted) return;
        this.#chart?.close();
        if (error instanceof PageRefusal) return this.#fail("product", error.message);
        this.#note.textContent = "The chart’s server cannot be reached; it is being tried again.";
        this.#showState("reconnecting");
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** What the attributes name; null, and reported, if that can be no chart. */
  #wanted(): { readonly productId: ProductId; readonly multiple: Multiple } | null {
    const product = this.getAttribute("product")?.trim() ?? "";
    const productId = parseProductId(product.toUpperCase());
    if (productId === null) {
      const wrong = product === ""
        ? "This chart needs a product"
        : `No product id: ${quoted(product)}`;
      this.#fail("product", `${wrong}: ${PRODUCT_ID_SHAPE}.`);
      return null;
    }
    const text = this.getAttribute("granularity")?.trim() || "ONE_MINUTE";
    const multiple = parseMultiple(text);
    if (multiple === null) {
      this.#fail("granularity", `No granularity: ${quoted(text)}. It is ${MULTIPLE_SHAPE}.`);
      return null;
    }
    return { productId, multiple };
  }

  /** Reports on the chart, in the console and in an event why there is none. */
  #fail(attribute: string, message: string): void {
    this.#note.textContent = message;
    this.#showState("error");
    this.#report(attribute, message);
  }

  /** Reports what of the look cannot be used; the rest is drawn. */
  #reportView(): void {
    if (this.getAttribute("state") === "error") return;
    const { problems } = this.#read();
    const message = problems.map(({ message }) => message).join(" ");
    this.#note.textContent = message;
    if (message === this.#reportedView) return;
    this.#reportedView = message;
    for (const { name, message } of problems) this.#report(ATTRIBUTES.get(name) ?? name, message);
  }

  #report(attribute: string, message: string): void {
    console.error(`<spot-chart> ${message}`);
    this.dispatchEvent(new CustomEvent("error", { detail: { attribute, message } }));
  }

  #showState(state: PageConnection["state"] | "error"): void {
    if (this.getAttribute("state") === state) return;
    this.setAttribute("state", state);
    this.dispatchEvent(new CustomEvent("statechange", { detail: { state } }));
  }

  #base(): string {
    return new URL(this.getAttribute("src") ?? HOME, location.href).origin;
  }

  #view(): ChartView {
    return this.#read().view;
  }

  #read(): ReadChartView {
    return readChartView((name) => this.getAttribute(ATTRIBUTES.get(name) ?? name));
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
