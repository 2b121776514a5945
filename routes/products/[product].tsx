import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import type { CatalogueProduct, Services } from "../../app.ts";
import { define } from "../../app.ts";
import { only } from "../../methods.ts";
import { AuditedUntil } from "../../components/chart/AuditedUntil.tsx";
import { candleLink } from "../../components/chart/candle_link.ts";
import { parseChartView } from "../../components/chart/chart_view.ts";
import { CandleSvg } from "../../components/chart/CandleSvg.tsx";
import { ChartPanel } from "../../components/chart/ChartPanel.tsx";
import { Connecting } from "../../components/site/Connecting.tsx";
import { dayFigures } from "../../components/chart/day_figures.ts";
import { EmptyState } from "../../components/site/EmptyState.tsx";
import { LiveCandleTable } from "../../components/chart/LiveCandleTable.tsx";
import { priceDigits } from "../../components/site/price.ts";
import { ProductFigures } from "../../components/chart/ProductFigures.tsx";
import { referencePrice } from "../../components/market/reference_price.ts";
import { StoreNotice } from "../../components/site/StoreNotice.tsx";
import LiveCandles from "../../islands/LiveCandles.tsx";
import LiveQuote from "../../islands/LiveQuote.tsx";
import { WHOLE_ROW_COST } from "../../lib/api/read_limits.ts";
import { writeCandleRows } from "../../lib/browser/candle_rows.ts";
import type { Candle, CandleKey } from "../../lib/candles/candle.ts";
import { candleKey } from "../../lib/candles/candle.ts";
import { formatDecimal } from "../../lib/candles/decimal.ts";
import type { Granularity } from "../../lib/candles/granularity.ts";
import { bucketStart, parseGranularity, shortGranularity } from "../../lib/candles/granularity.ts";
import { parseProductId } from "../../lib/candles/product.ts";
import type { CandleQuery } from "../../lib/store/candle_store.ts";

const CHART_CANDLES = 300;
const DRAWN_CANDLES = 120;
const DAY_MS = 86_400_000;
/** Quarter hours of a day, and the one that it began in. */
const DAY_CANDLES = 97;
/** So that some twenty pages hold their candles at once, and an address's five. */
const READ_COST = WHOLE_ROW_COST * (CHART_CANDLES + DAY_CANDLES);

/** One product: its price, its chart in a granularity, its newest candles. */
export default define.page<typeof handler>(function ProductPage({ data }) {
  const { status, view } = data;
  if (view === null) return <Connecting status={status} />;
  const { product, granularity, candles, day, price, chartView, position } = view;
  const digits = priceDigits(product.quoteIncrement, product.price);
  const stream = streamLink(product.id, granularity, position);
  const newest = candles.at(-1);
  const of = { productId: product.id, granularity, digits };
  return (
    <div class="page">
      <Head>
        <title>{`${product.id} · Spot Canvas`}</title>
        <meta
          name="description"
          content={`${product.baseName} (${product.id}): live price, candles and volume.`}
        />
      </Head>
      <StoreNotice store={status.store} />
      <div class="product-head">
        <div>
          <h1>
            {product.baseName} <span>{product.id}</span>
          </h1>
          <LiveQuote
            currency={product.quoteCurrency}
            digits={digits}
            price={price === null ? null : formatDecimal(price)}
            reference={referencePrice(product.price, product.priceChange24h)}
            since={newest?.start ?? 0}
            stream={stream}
          />
        </div>
        <ProductFigures
          product={product}
          day={day}
          digits={digits}
          // A closed candle's extremes may be older than the day, and are in its figures otherwise.
          since={newest === undefined ? 0 : newest.start + Number(newest.isComplete)}
          stream={stream}
        />
      </div>
      <div id="chart">
        <ChartPanel {...of} candles={candles} view={chartView}>
          {candles.length === 0 && (
            <EmptyState title="No candles yet">
              <p>
                The first {shortGranularity(granularity)} candle appears with the next trade of{" "}
                {product.id}.
              </p>
            </EmptyState>
          )}
          <CandleSvg candles={candles.slice(-DRAWN_CANDLES)} digits={digits} />
        </ChartPanel>
      </div>
      <div class="section-head">
        <h2 id="newest">Newest candles</h2>
        <p>
          An exact candle holds every trade of its time, proven on both sides, and never changes.
          One that is not proven yet is drawn hollow.
        </p>
        <AuditedUntil until={view.auditedUntil} />
      </div>
      <div class="panel scroller" role="region" aria-labelledby="newest" tabindex={0}>
        <div id="candles">
          <LiveCandleTable {...of} candles={candles} />
        </div>
      </div>
      <LiveCandles
        {...of}
        stream={stream}
        view={chartView}
        rows={writeCandleRows(candles)}
        older={olderLink(candles)}
      />
    </div>
  );
});

export const handler = only({
  async GET(ctx) {
    const { services, requester } = ctx.state;
    const { catalogue, reads } = services;
    if (!catalogue.loaded) {
      // Whether the product exists is not known yet, so neither 200 nor 404 would be true.
      return page({ status: services.status(), view: null }, {
        status: 503,
        headers: { "retry-after": "3", "cache-control": "no-store" },
      });
    }
    const id = parseProductId(ctx.params.product?.toUpperCase());
    const product = id === null ? null : catalogue.get(id);
    if (product === null) {
      throw new HttpError(404, (id === null ? null : catalogue.absence(id)?.detail) ?? undefined);
    }
    if (product.id !== ctx.params.product) {
      return ctx.redirect(`/products/${product.id}${ctx.url.search}`, 308);
    }
    const asked = ctx.url.searchParams.get("granularity");
    const granularity = asked === null ? "FIVE_MINUTE" : parseGranularity(asked);
    if (granularity === null) return ctx.redirect(`/products/${product.id}`);
    const read = () => productView(services, product, granularity, Date.now());
    const view = {
      ...await reads.run(requester, READ_COST, read),
      chartView: parseChartView(ctx.url.searchParams),
    };
    return page({ status: services.status(), view }, { headers: { "cache-control": "no-cache" } });
  },
});

async function productView(
  { history, auditDates }: Services,
  product: CatalogueProduct,
  granularity: Granularity,
  nowMs: number,
) {
  const { id: productId } = product;
  // Before the candles are read: what closes while the page is in transit comes with the stream that starts here.
  const position = history.position();
  const [read, dayCandles = [], auditedUntil] = await Promise.all([
    pageOrNone(history, { productId, granularity, limit: CHART_CANDLES }),
    pageOrNone(history, {
      productId,
      granularity: "FIFTEEN_MINUTE",
      start: bucketStart(nowMs - DAY_MS, "FIFTEEN_MINUTE"),
      limit: DAY_CANDLES,
    }),
    auditDates.until(productId),
  ]);
  const candles = read ?? currentAlone(history, candleKey(productId, granularity));
  const newest = history.current(candleKey(productId, "ONE_MINUTE")) ?? candles.at(-1);
  const price = newest?.close ?? product.price;
  // Extremes of part of a day would be wrong ones of the day.
  const wholeDay = (dayCandles[0]?.start ?? Infinity) * 1000 < nowMs - DAY_MS * 0.95;
  const day = wholeDay ? dayFigures(dayCandles) : null;
  // Without its history the page is whole up to nothing, and is to fetch it as soon as it can be had.
  return {
    product,
    granularity,
    candles,
    price,
    day,
    auditedUntil,
    position: read === undefined ? null : position,
  };
}

/** A page of history; undefined while the store is down. */
async function pageOrNone(
  history: Services["history"],
  query: CandleQuery,
): Promise<readonly Candle[] | undefined> {
  try {
    return await history.page(query);
  } catch {
    return undefined;
  }
}

/** What can be shown while the store is down, which the page says. */
function currentAlone(history: Services["history"], key: CandleKey): readonly Candle[] {
  const current = history.current(key);
  return current === null ? [] : [current];
}

/** The product's stream, from where the page's candles are whole; null for a stream that begins with itself. */
function streamLink(productId: string, granularity: Granularity, position: number | null): string {
  const wish = `/stream?products=${productId}&granularities=${granularity}`;
  return position === null ? wish : `${wish}&last_event_id=${position}`;
}

/** Where the chart continues to the left; null when this is all there is. */
function olderLink(candles: readonly Candle[]): string | null {
  const oldest = candles[0];
  // However few there are: older ones may be fetched from the exchange at this moment.
  if (oldest === undefined) return null;
  const { productId, granularity, start } = oldest;
  return candleLink({ productId, granularity, end: start, limit: 1000 });
}
