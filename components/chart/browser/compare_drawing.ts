import type { IChartApi, ISeriesApi, LineData, UTCTimestamp } from "lightweight-charts";
import { LineSeries } from "lightweight-charts";
import type { Candle } from "../../../lib/candles/candle.ts";
import type { Multiple } from "../../../lib/candles/multiple.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import type { Cell } from "../../../lib/indicators/sheet.ts";
import { alignedCloses, firstFrom, percentOf } from "../aligned_closes.ts";
import type { ChartPalette } from "./chart_palette.ts";
import { chartTime } from "./chart_points.ts";
import { labelColor } from "./label_color.ts";
import { ComparedProduct } from "./compared_product.ts";
import { compareInk, type StudyValues } from "../study_values.ts";
import { traded } from "../traded.ts";

/** What compared products are drawn and read with. */
export interface CompareDrawingParts {
  readonly chart: IChartApi;
  readonly base: string;
  readonly productId: ProductId;
  readonly multiple: Multiple;
  /** Called when what is drawn has changed without a request. */
  changed(): void;
  /** Shows a sentence about one of the products, or none any longer. */
  note(text: string, about: ProductId): void;
}

interface Compared {
  readonly product: ComparedProduct;
  readonly api: ISeriesApi<"Line">;
  closes: readonly Cell[];
}

/** Other products over a chart, each as a line of its closes at the chart's own times; its owner closes it. */
export class CompareDrawing {
  readonly #parts: CompareDrawingParts;
  #compared: readonly Compared[] = [];
  #candles: readonly Candle[] = [];
  #starts: readonly number[] = [];
  #isQueued = false;

  constructor(parts: CompareDrawingParts) {
    this.#parts = parts;
  }

  /** Compares with these products, and no others from now on. */
  choose(products: readonly ProductId[], candles: readonly Candle[], palette: ChartPalette): void {
    const { chart } = this.#parts;
    const gone = this.#compared.filter(({ product }) => !products.includes(product.productId));
    for (const { product, api } of gone) {
      product.close();
      this.#parts.note("", product.productId);
      chart.removeSeries(api);
    }
    this.#compared = products.map((id, place) => {
      const color = palette.inks[compareInk(place)];
      // The price line is not drawn; its colour is that of the label at the axis.
      const colors = { color, priceLineColor: labelColor(color) };
      const held = this.#compared.find(({ product }) => product.productId === id);
      if (held !== undefined) {
        held.api.applyOptions(colors);
        return held;
      }
      const api = chart.addSeries(LineSeries, {
        ...colors,
        title: id,
        lineWidth: 2,
        priceLineVisible: false,
        crosshairMarkerVisible: false,
      });
      return { product: this.#product(id), api, closes: [] };
    });
    this.#starts = [];
    this.show(candles);
  }

  /** Draws all again, for other candles of the chart. */
  show(candles: readonly Candle[]): void {
    this.#candles = candles;
    const starts = candles.map(({ start }) => start);
    const [first] = starts;
    for (const compared of this.#compared) {
      if (first !== undefined) void compared.product.reach(first);
      const before = compared.closes;
      compared.closes = alignedCloses(starts, compared.product.candles);
      const point = (index: number) => pointOf(candles[index], compared.closes[index] ?? null);
      const last = candles.length - 1;
      const isTail = starts.length === this.#starts.length && first === this.#starts[0] &&
        compared.closes.every((close, index) => index === last || close === before[index]);
      if (isTail) { for (const one of point(last)) compared.api.update(one); }
      else compared.api.setData(candles.flatMap((_, index) => point(index)));
    }
    this.#starts = starts;
  }

  /** Takes the chart's newest candle: one that began makes the lines longer, one that changed leaves them as they are. */
  update(candles: readonly Candle[]): void {
    // Beside a new candle, only a page of history makes other starts, and that shows all again.
    if (candles.length !== this.#candles.length) return this.show(candles);
    this.#candles = candles;
  }

  /** How much each product, the chart's own first, is above what it was at the first candle in sight. */
  valuesAt(index: number, from: number): readonly StudyValues[] {
    if (this.#compared.length === 0) return [];
    const closeAt = (place: number): Cell => {
      const candle = this.#candles[place];
      return candle === undefined ? null : traded(candle).close;
    };
    const row = (title: string, value: Cell, ink: StudyValues["values"][0]["ink"]) => ({
      title,
      unit: "percent" as const,
      pane: null,
      values: [{ value, ink }],
    });
    const own = percentOf(closeAt(index), closeAt(Math.max(0, from)));
    return [
      row(this.#parts.productId, own, null),
      ...this.#compared.map(({ product, closes }, place) => {
        const value = percentOf(closes[index] ?? null, firstFrom(closes, from));
        return row(product.productId, value, compareInk(place));
      }),
    ];
  }

  close(): void {
    for (const { product } of this.#compared) product.close();
    this.#compared = [];
  }

  #product(productId: ProductId): ComparedProduct {
    const { base, multiple, note } = this.#parts;
    return new ComparedProduct({
      base,
      productId,
      multiple,
      note: (text) => note(text, productId),
      changed: () => this.#queue(),
    });
  }

  /** Candles of several products come together: they are drawn once, before the next picture. */
  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    requestAnimationFrame(() => {
      this.#isQueued = false;
      if (this.#compared.length === 0) return;
      this.show(this.#candles);
      this.#parts.changed();
    });
  }
}

function pointOf(candle: Candle | undefined, value: Cell): readonly LineData<UTCTimestamp>[] {
  return candle === undefined || value === null ? [] : [{ time: chartTime(candle), value }];
}
