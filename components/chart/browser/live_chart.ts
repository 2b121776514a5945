import type { IChartApi } from "lightweight-charts";
import { CatchUp } from "../../../lib/browser/catch_up.ts";
import { fetchCandlePage, type HistoryPage } from "../../../lib/browser/candle_pages.ts";
import { CandleSeries } from "../../../lib/browser/candle_series.ts";
import type { StreamListener } from "../../../lib/browser/candle_stream.ts";
import type { Candle } from "../../../lib/candles/candle.ts";
import { GRANULARITY_SECONDS, shortGranularity } from "../../../lib/candles/granularity.ts";
import { type Multiple, shortMultiple } from "../../../lib/candles/multiple.ts";
import type { ProductId } from "../../../lib/candles/product.ts";
import { decodeCandle } from "../../../lib/candles/wire.ts";
import { chartPalette } from "./chart_palette.ts";
import { liveAxisWidth } from "./live_axis_width.ts";
import { candleLink } from "../candle_link.ts";
import { bothPasts, changedPast, type PastStretch } from "../changed_past.ts";
import type { PastNews } from "../past_news.ts";
import type { PastListener } from "./past_feed.ts";
import type { CompareDrawing } from "./compare_drawing.ts";
import { savePng } from "./chart_image.ts";
import type { Sight } from "./sight_by_key.ts";
import type { ChartSurface } from "../../drawings/chart_surface.ts";
import type { ChartView } from "../chart_view.ts";
import { nearView } from "./near_view.ts";
import { PriceChart, type PriceChartOptions } from "./price_chart.ts";
import { lastUpTo, placeAt, timeAt } from "./sight_time.ts";
import { compareMaker, hasParts, loadParts, studyMaker } from "./part_loading.ts";
import type { StudyValues } from "../study_values.ts";

/** What a chart is of, and where it gets it. */
export interface LiveChartSource
  extends Pick<PriceChartOptions, "granularity" | "digits" | "view" | "isOneOfMany"> {
  readonly productId: ProductId;
  /**
   * The candles' real granularity, if it is not a stored one: they are read by it, and
   * `granularity` decides how they look.
   */
  readonly multiple?: Multiple;
  /** The newest candles, ascending by start. */
  readonly candles: readonly Candle[];
  /** The URL of the page of candles before them; null if there are none. */
  readonly older: string | null;
  /** The prefix of every requested URL: the server's origin, or nothing for the page's own. */
  readonly base: string;
  /**
   * Has changes of the newest candle drawn when it suits the page, once however often it is
   * requested; immediately if left out.
   */
  throttle?(draw: () => void): void;
  /** Listens to a stream of these candles. Returns how to stop. */
  listen(listener: StreamListener): () => void;
  /** Changes of stored candles that are not streamed; left out where they are not followed. */
  readonly past?: ChartPast;
}

/** A product's past as of the page, and how to follow its changes. */
export interface ChartPast {
  readonly first: PastNews;
  /** The candles' granularity, by which they are read again. */
  readonly multiple: Multiple;
  follow(listener: PastListener): () => void;
}

/** What a chart reports to the page around it. */
export interface LiveChartListener {
  /** The candle to describe, and the indicators at it: the one under the crosshair, or the newest. */
  candle(candle: Candle, studies: readonly StudyValues[]): void;
  /** A candle that came, or changed. */
  changed?(candle: Candle): void;
  /** A person points at a time (epoch seconds) and a price, or no longer does. */
  pointed?(time: number | null, price: number | null): void;
  /** Other times came into sight. */
  moved?(sight: TimeSight): void;
  /** Something a person should know, or an empty text when it has passed. */
  note(text: string): void;
}

/** Which times a chart shows, epoch seconds, and how many candles of it that is. */
export interface TimeSight {
  readonly from: number;
  readonly to: number;
  readonly candles: number;
}

/**
 * Most pages of the past that are read again at a time; a chart that shows more reads the rest as
 * it is scrolled there.
 */
const MOST_PAGES = 5;

/** Joins a product's history, its stream and its drawing; its owner closes it. It brings the chart library along. */
export class LiveChart {
  readonly #source: LiveChartSource;
  readonly #listener: LiveChartListener;
  readonly #series: CandleSeries;
  readonly #closed = new AbortController();
  readonly #catchUp = new CatchUp({
    read: (signal) => this.#readNewest(signal),
    onFailing: (isFailing) => this.#noteHistory(isFailing),
  });
  readonly #rereading = new CatchUp({ read: (signal) => this.#reread(signal) });
  readonly #stop: () => void;
  /** The stretch of the past that is to be read again. */
  #changed: PastStretch | null = null;
  #past: PastNews | null;
  #chart: PriceChart | null = null;
  #drawing: HTMLElement | null = null;
  #older: string | null;
  #paging = false;
  /**
   * Candles older than what is loaded that came while an older page was in flight: the page may
   * have older states of them.
   */
  #aside: Candle[] = [];
  /** The start up to which nothing is missing although the stream could not resume; null if it has not happened. */
  #wholeUpTo: number | null = null;
  #pointed: number | null = null;
  /**
   * The newest candle's current state, and those that were the newest since it was last drawn, by
   * start.
   */
  readonly #undrawn = new Map<number, Candle>();
  #view: ChartView;
  /** The notes that are shown, by what they are about. */
  readonly #notes = new Map<string, string>();

  constructor(source: LiveChartSource, listener: LiveChartListener) {
    this.#source = source;
    this.#listener = listener;
    this.#older = source.older;
    this.#view = source.view;
    this.#series = new CandleSeries(source.candles);
    this.#past = source.past?.first ?? null;
    const unfollow = source.past?.follow((news, before) => this.#takePast(news, before));
    const stop = source.listen({
      candle: (text) => this.#take(decodeCandle(text)),
      reset: () => {
        this.#wholeUpTo ??= this.#series.newest?.start ?? -Infinity;
        this.#catchUp.request();
      },
    });
    this.#stop = () => {
      stop();
      unfollow?.();
    };
  }

  /** Draws into the element, marking it `data-drawn` once there is something. */
  async draw(element: HTMLElement): Promise<void> {
    // The page answers clicks between what was done so far and drawing, each of which takes a phone a while.
    await Promise.all([pause(), this.#loadParts()]);
    if (this.#source.isOneOfMany) await nearView(element, this.#closed.signal);
    if (this.#closed.signal.aborted) return;
    const { granularity, digits } = this.#source;
    // The browser remembers colours and the font, whose first use takes a phone a while.
    chartPalette(element);
    liveAxisWidth(getComputedStyle(element).fontFamily, 0, digits);
    await pause();
    if (this.#closed.signal.aborted) return;
    this.#chart = new PriceChart(element, {
      granularity,
      digits,
      newest: this.#series.newest,
      candleSeconds: this.length,
      view: this.#view,
      isOneOfMany: this.#source.isOneOfMany ?? false,
      studies: studyMaker,
      compare: (chart) => this.#compareOn(chart),
      onPoint: (start, price) => this.#point(start, price),
      onSight: (sight) => {
        this.#listener.moved?.(this.#timesOf(sight));
        // Percent are of the first candle in sight.
        if (this.#view.compare.length > 0) this.#describe();
      },
      onOldest: () => void this.#pageOlder(),
    });
    // Its empty canvases are made in a frame of their own.
    await frame();
    if (this.#closed.signal.aborted) return;
    this.#drawing = element;
    if (this.#past !== null) this.#chart.showExactPast(this.#past.exact);
    this.#drawAll();
    this.#describe();
  }

  /** Looks at the same candles in another way. */
  look(view: ChartView): void {
    this.#view = view;
    this.#chart?.look(view);
    this.#describe();
    if (!hasParts(view)) void this.#lookWithParts();
  }

  /** The price at a height in the chart's element; null where there is none, or nothing is drawn yet. */
  priceAt(y: number): number | null {
    return this.#chart?.priceAt(y) ?? null;
  }

  /** Seconds of a candle. */
  get length(): number {
    return this.#source.multiple?.seconds ?? GRANULARITY_SECONDS[this.#source.granularity];
  }

  /** What can be drawn on; null before it is drawn, and after it is closed. */
  get surface(): ChartSurface | null {
    return this.#closed.signal.aborted ? null : this.#chart?.surface(this.length) ?? null;
  }

  /** The times in sight; null before it is drawn. */
  get sight(): TimeSight | null {
    const sight = this.#chart?.sight ?? null;
    return sight === null ? null : this.#timesOf(sight);
  }

  /**
   * Scrolls to times (epoch seconds), or if `from` is left out to that many candles up to a time.
   */
  show(
    { from, to, candles }: Pick<TimeSight, "to" | "candles"> & { readonly from?: number },
  ): void {
    const loaded = this.#series.candles;
    if (this.#chart === null || loaded.length === 0) return;
    const end = placeAt(loaded, to, this.length);
    const begin = from === undefined ? end - candles : placeAt(loaded, from, this.length);
    this.#chart.sight = { from: begin, to: end };
  }

  /** Points at the candle of a time (epoch seconds), and at a price where one means something. */
  pointAt(time: number | null, price: number | null): void {
    const { candles } = this.#series;
    const candle = time === null ? null : candles[lastUpTo(candles, time)] ?? null;
    this.#chart?.pointAt(candle, price);
    this.#pointed = candle?.start ?? null;
    this.#describe();
  }

  /** Lets the browser save a picture of the visible chart. */
  save(): void {
    const { productId, granularity, multiple } = this.#source;
    if (this.#chart === null || this.#series.newest === null) return;
    const at = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    const file = `${productId}-${multiple?.name ?? granularity}-${at}`;
    savePng(this.#chart.picture(this.#title), file);
  }

  /** A picture of the visible chart in the light theme's colours; null while nothing is drawn. */
  lightPicture(): HTMLCanvasElement | null {
    if (this.#series.newest === null) return null;
    return this.#chart?.lightPicture(this.#title) ?? null;
  }

  get #title(): string {
    const { productId, granularity, multiple } = this.#source;
    const length = multiple === undefined ? shortGranularity(granularity) : shortMultiple(multiple);
    return `${productId}  ${length}`;
  }

  close(): void {
    this.#closed.abort();
    this.#catchUp.close();
    this.#rereading.close();
    this.#stop();
    this.#chart?.close();
  }

  #compareOn(chart: IChartApi): CompareDrawing | null {
    const { base, productId, granularity, multiple } = this.#source;
    return compareMaker()?.({
      chart,
      base: base === "" ? location.origin : base,
      productId,
      multiple: multiple ??
        { name: granularity, seconds: this.length, of: granularity, parts: 1 },
      changed: () => this.#describe(),
      note: (text, about) => this.#note(about, text),
    }) ?? null;
  }

  /** Draws the view's indicators and compared products as soon as their code is loaded. */
  async #lookWithParts(): Promise<void> {
    await this.#loadParts();
    if (this.#closed.signal.aborted || !hasParts(this.#view)) return;
    this.#chart?.look(this.#view);
    this.#describe();
  }

  /** Loads optional parts; without them the chart is still drawn. */
  async #loadParts(): Promise<void> {
    if (hasParts(this.#view)) return;
    try {
      await loadParts(this.#view);
    } catch {
      this.#note("parts", "Not all of the chart could be loaded.");
    }
  }

  #take(candle: Candle | null): void {
    if (
      candle === null ||
      candle.granularity !== this.#source.granularity || candle.productId !== this.#source.productId
    ) return;
    const oldest = this.#series.candles[0];
    if (this.#older !== null && oldest !== undefined && candle.start < oldest.start) {
      // It comes with its page; alone it would be followed by a hole.
      if (this.#paging) this.#aside.push(candle);
      return;
    }
    const change = this.#series.apply(candle);
    if (change === "none") return;
    this.#listener.changed?.(candle);
    if (change === "newest" && this.#series.candles.length > 1) {
      this.#undrawn.set(candle.start, candle);
      if (this.#source.throttle === undefined) this.#drawNewest();
      else this.#source.throttle(this.#drawNewest);
    } else {
      this.#drawAll();
      this.#describe();
    }
  }

  #drawNewest = (): void => {
    if (this.#closed.signal.aborted) return;
    for (const candle of this.#undrawn.values()) this.#chart?.update(candle, this.#series.candles);
    this.#undrawn.clear();
    this.#describe();
  };

  /** Draws everything; with nothing to draw, the server's drawing stays. */
  #drawAll(): void {
    if (this.#chart === null || this.#series.newest === null) return;
    this.#undrawn.clear();
    this.#chart.show(this.#series.candles);
    if (this.#drawing !== null) this.#drawing.dataset.drawn = "";
  }

  #point(start: number | null, price: number | null): void {
    this.#pointed = start;
    this.#describe();
    if (start === null || price !== null) this.#listener.pointed?.(start, price);
  }

  #timesOf({ from, to }: Sight): TimeSight {
    const { candles } = this.#series;
    return {
      from: timeAt(candles, from, this.length),
      to: timeAt(candles, to, this.length),
      candles: to - from,
    };
  }

  #describe(): void {
    const pointed = this.#pointed === null ? null : this.#series.at(this.#pointed);
    const candle = pointed ?? this.#series.newest;
    if (candle === null) return;
    const index = lastUpTo(this.#series.candles, candle.start);
    this.#listener.candle(candle, this.#chart?.valuesAt(index) ?? []);
  }

  async #pageOlder(): Promise<void> {
    if (this.#older === null || this.#paging) return;
    this.#paging = true;
    const { signal } = this.#closed;
    const requested = this.#older;
    try {
      const { base, granularity } = this.#source;
      const page = await fetchCandlePage(base + requested, signal, granularity);
      // During the request the start of the chart may have changed.
      if (signal.aborted || this.#older !== requested) return;
      this.#older = page.next;
      const from = page.candles[0]?.start ?? Infinity;
      const aside = this.#aside.filter(({ start }) => start >= from);
      this.#merge([...page.candles, ...aside]);
      this.#noteHistory(false);
    } catch {
      if (!signal.aborted) this.#noteHistory(true);
    } finally {
      this.#paging = false;
      this.#aside = [];
    }
  }

  /** After a gap that the stream could not fill: the newest page again. */
  async #readNewest(signal: AbortSignal): Promise<void> {
    const { productId, granularity, multiple, base } = this.#source;
    const wholeUpTo = this.#wholeUpTo;
    const newest = candleLink({
      productId,
      granularity: multiple?.name ?? granularity,
      limit: 1000,
    });
    const page = await fetchCandlePage(base + newest, signal, granularity);
    if (signal.aborted) return;
    const from = page.candles[0]?.start;
    if (wholeUpTo !== null && from !== undefined && from > wholeUpTo) {
      // The page does not reach what was there before: that comes back with the pages to the left.
      this.#series.dropBefore(from);
      this.#older = page.next;
    }
    if (this.#wholeUpTo === wholeUpTo) this.#wholeUpTo = null;
    this.#merge(page.candles);
  }

  /** More of the past is stored, or exact: reads again what may have changed. */
  #takePast(news: PastNews, before: PastNews): void {
    const { past } = this.#source;
    this.#past = news;
    this.#chart?.showExactPast(news.exact);
    const oldest = this.#series.candles[0];
    if (oldest === undefined || past === undefined) return this.#catchUp.request();
    const changed = changedPast(news, before, oldest.start, past.multiple);
    if (changed === null) return;
    this.#changed = bothPasts(this.#changed, changed);
    this.#rereading.request();
  }

  async #reread(signal: AbortSignal): Promise<void> {
    const { productId, past } = this.#source;
    const changed = this.#changed;
    if (changed === null || past === undefined) return;
    this.#changed = null;
    const link = { productId, granularity: past.multiple.name, limit: 1000 };
    try {
      const { from: start, until } = changed;
      await this.#readPages(
        candleLink({ ...link, start, ...until === null ? {} : { end: until } }),
        signal,
      );
    } catch (error) {
      this.#changed = bothPasts(this.#changed, changed);
      throw error;
    }
    const oldest = this.#series.candles[0];
    if (this.#older !== null || oldest === undefined || signal.aborted) return;
    // There was nothing to the left before.
    this.#older = candleLink({ ...link, end: oldest.start });
    await this.#pageOlder();
  }

  async #readPages(first: string, signal: AbortSignal): Promise<void> {
    const { granularity, base } = this.#source;
    for (let next: string | null = first, page = 0; next !== null && page < MOST_PAGES; page++) {
      const read: HistoryPage = await fetchCandlePage(base + next, signal, granularity);
      if (signal.aborted) return;
      this.#merge(read.candles);
      next = read.next;
    }
  }

  #merge(candles: readonly Candle[]): void {
    if (!this.#series.merge(candles)) return;
    this.#drawAll();
    this.#describe();
  }

  #noteHistory(isAway: boolean): void {
    this.#note("history", isAway ? "History cannot be reached at the moment." : "");
  }

  /** Shows a note about one thing, or removes it with an empty text; notes about other things stay. */
  #note(about: string, text: string): void {
    if (text === "") this.#notes.delete(about);
    else this.#notes.set(about, text);
    this.#listener.note([...this.#notes.values()].join(" "));
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A hidden page has no frames, and waits this long for one. */
const FRAME_MS = 100;

/** Resolves in a separate task after the next frame. */
function frame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, FRAME_MS);
  });
}
