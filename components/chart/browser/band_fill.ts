import type {
  IChartApi,
  IPrimitivePaneRenderer,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  SeriesType,
  Time,
} from "lightweight-charts";
import { logicalPlace } from "./chart_points.ts";
import type { IndicatorLine } from "../../../lib/indicators/indicator_kind.ts";

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

/** The tint between two lines of an indicator, drawn behind all series. */
export class BandFill implements ISeriesPrimitive<Time> {
  readonly #band: {
    readonly above: IndicatorLine;
    readonly below: IndicatorLine;
    readonly color: string;
  };
  #chart: IChartApi | null = null;
  #series: ISeriesApi<SeriesType> | null = null;
  readonly #views = [{
    zOrder: () => "bottom" as const,
    renderer: () => ({ draw: (target: Target) => this.#draw(target) }),
  }];

  constructor(band: {
    readonly above: IndicatorLine;
    readonly below: IndicatorLine;
    readonly color: string;
  }) {
    this.#band = band;
  }

  attached({ chart, series }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart;
    this.#series = series;
  }

  detached(): void {
    this.#chart = this.#series = null;
  }

  paneViews() {
    return this.#views;
  }

  #draw(target: Target): void {
    const scale = this.#chart?.timeScale();
    const sight = scale?.getVisibleLogicalRange();
    if (scale === undefined || sight === null || sight === undefined) return;
    target.useMediaCoordinateSpace(({ context }) => {
      context.fillStyle = this.#band.color;
      let above: [number, number][] = [];
      let below: [number, number][] = [];
      const close = () => {
        if (above.length > 1) {
          context.beginPath();
          for (const [x, y] of [...above, ...below.reverse()]) context.lineTo(x, y);
          context.fill();
        }
        above = [];
        below = [];
      };
      for (let place = Math.floor(sight.from) - 1; place <= Math.ceil(sight.to) + 1; place++) {
        const ends = this.#endsAt(place);
        // Places are counted as the library counts them: from the oldest candle on.
        const x = ends === null ? null : scale.logicalToCoordinate(logicalPlace(place));
        if (ends === null || x === null) close();
        else {
          above.push([x, ends[0]]);
          below.push([x, ends[1]]);
        }
      }
      close();
    });
  }

  #endsAt(place: number): readonly [number, number] | null {
    const [high, low] = [this.#band.above, this.#band.below].map(({ column, shift = 0 }) => {
      const value = column.at(place - shift);
      return value === null ? null : this.#series?.priceToCoordinate(value) ?? null;
    });
    return high === null || high === undefined || low === null || low === undefined
      ? null
      : [high, low];
  }
}
