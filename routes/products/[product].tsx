import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import type { CatalogueProduct, Services } from "../../app.ts";
import { define } from "../../app.ts";
import { only } from "../../methods.ts";
import { AuditedUntil } from "../../components/chart/AuditedUntil.tsx";
import { candleLink } from "../../components/chart/candle_link.ts";
import { type ComparedCandles, pictureCandles } from "../../components/chart/chart_picture.ts";
import type { ChartView } from "../../components/chart/chart_view.ts";
import { CandleSvg, DRAWN_CANDLES } from "../../components/chart/CandleSvg.tsx";
import { ChartPanel } from "../../components/chart/ChartPanel.tsx";
import { Connecting } from "../../components/site/Connecting.tsx";
import { ExactPastNote } from "../../components/chart/ExactPastNote.tsx";
import { EmptyState } from "../../components/site/EmptyState.tsx";
import { LiveCandleTable } from "../../components/chart/LiveCandleTable.tsx";
import { priceDigits } from "../../components/site/price.ts";
import { DAY_CANDLES, readPastNews } from "../../components/chart/past_news.ts";
import { ProductFigures } from "../../components/chart/ProductFigures.tsx";
import { type ReadChartView, readChartView } from "../../components/chart/read_chart_view.ts";
import { referencePrice } from "../../components/market/reference_price.ts";
import { sentence } from "../../components/site/sentence.ts";
import { StoreNotice } from "../../components/site/StoreNotice.tsx";
import LiveCandles from "../../islands/LiveCandles.tsx";
import LiveQuote from "../../islands/LiveQuote.tsx";
import { writeCandleRows } from "../../lib/browser/candle_rows.ts";
import { chartCost, type ChartWish, readChartCandles } from "../../lib/api/chart_candles.ts";
import type { Candle } from "../../lib/candles/candle.ts";
import { candleKey } from "../../lib/candles/candle.ts";
import { formatDecimal } from "../../lib/candles/decimal.ts";
import { WHOLE_ROW_COST } from "../../lib/api/read_limits.ts";
import {
  type Multiple,
  MULTIPLE_SHAPE,
  parseMultiple,
  shortMultiple,
  storedMultiple,
} from "../../lib/candles/multiple.ts";
import { parseProductId, type ProductId } from "../../lib/candles/product.ts";
import { quoted } from "../../lib/indicators/quoted.ts";

const CHART_CANDLES = 300;
/** The candles of a compared product, which may have traded in more buckets than the chart's own. */
const COMPARED_CANDLES = 150;

/** One product: its price, its chart in a granularity, its newest candles. */
export default define.page<typeof handler>(function ProductPage({ data }) {
  const { status, view } = data;
  if (view === null) return <Connecting status={status} />;
  const { product, multiple, candles, older, past, price, streamed, position } = view;
  const { chartView, problems, compared } = view;
  const digits = priceDigits(product.quoteIncrement, product.price);
  const stream = streamLink(product.id, multiple, position);
  const of = { productId: product.id, multiple, digits };
  const figures = {
    baseCurrency: product.baseCurrency,
    quoteCurrency: product.quoteCurrency,
    // A closed candle's extremes may be older than the day; if not, they are in the figures.
    since: streamed === null ? 0 : streamed.start + Number(streamed.isComplete),
  };
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
            since={streamed?.start ?? 0}
            stream={stream}
          />
          <div id="exact-past">
            <ExactPastNote past={past.exact} />
          </div>
        </div>
        <dl class="figures" id="figures">
          <ProductFigures {...figures} digits={digits} figures={past.figures} />
        </dl>
      </div>
      <div id="chart">
        <ChartPanel
          {...of}
          granularity={multiple.of}
          candles={candles}
          view={chartView}
          problems={problems}
        >
          {candles.length === 0 && (
            <EmptyState title="No candles yet">
              <p>
                The first {shortMultiple(multiple)} candle appears with the next trade of{" "}
                {product.id}.
              </p>
            </EmptyState>
          )}
          <CandleSvg
            candles={candles}
            digits={digits}
            view={chartView}
            compared={compared}
            exactSince={past.exact.since}
          />
        </ChartPanel>
      </div>
      <div class="section-head">
        <h2 id="newest">Newest candles</h2>
        <p>
          An exact candle holds every trade of its time, proven on both sides, and never changes.
          One that is not proven yet is drawn pale.
        </p>
        <div id="audited">
          <AuditedUntil until={past.auditedUntil} />
        </div>
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
        problems={problems}
        rows={writeCandleRows(candles)}
        older={older}
        past={past}
        figures={figures}
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
    const requested = ctx.url.searchParams.get("granularity")?.trim() || "FIVE_MINUTE";
    const read = parseMultiple(requested);
    const multiple = read ?? storedMultiple("FIVE_MINUTE");
    const nowMs = Date.now();
    const wanted = readChartView((name) => ctx.url.searchParams.get(name));
    const { view: chartView, problems: unusable } = knownView(wanted, product.id, catalogue);
    // What cannot be used of an address is named on the page; the rest is kept.
    const problems = read === null
      ? [`No granularity: ${quoted(requested)}. It is ${MULTIPLE_SHAPE}.`, ...unusable]
      : unusable;
    const shown = pictureCandles(DRAWN_CANDLES, chartView, multiple.seconds);
    const wish = { productId: product.id, multiple, limit: Math.max(CHART_CANDLES, shown) };
    const others = chartView.compare.map((productId) => ({
      productId,
      multiple,
      limit: COMPARED_CANDLES,
    }));
    const cost = [wish, ...others].reduce((sum, one) => sum + readCost(services, one, nowMs), 0);
    const [candles, ...compared] = await reads.run(
      requester,
      cost + WHOLE_ROW_COST * DAY_CANDLES,
      () =>
        Promise.all([
          productView(services, product, wish, nowMs),
          ...others.map((other) => comparedCandles(services, other, nowMs)),
        ]),
    );
    const view = { ...candles, chartView, problems, compared };
    return page({ status: services.status(), view }, { headers: { "cache-control": "no-cache" } });
  },
});

async function productView(
  services: Services,
  product: CatalogueProduct,
  wish: ChartWish,
  nowMs: number,
) {
  const { history } = services;
  const { productId, multiple } = wish;
  // Read before the candles: what closes while the page is sent comes with the stream that starts here.
  const position = history.position();
  // Also before them: what is stored in between is then read once more by the page.
  const past = await readPastNews(services, product, multiple.of, nowMs);
  const read = await newestCandles(services, wish, nowMs).catch(() => undefined);
  const current = history.current(candleKey(productId, multiple.of));
  // While the store is down, which the page reports, the live candle can be shown.
  const candles = read ?? (multiple.parts > 1 || current === null ? [] : [current]);
  const newest = candles.at(-1);
  const price = (history.current(candleKey(productId, "ONE_MINUTE")) ?? newest)?.close ??
    product.price;
  // Without its history the page names no position, and fetches its candles as soon as they are
  // available.
  return {
    product,
    multiple,
    candles,
    older: olderLink(candles, multiple),
    price,
    past,
    streamed: current ?? newest ?? null,
    position: read === undefined ? null : position,
  };
}

/** A multiple's candles are merged where they are read, and cost what the same page of the API does. */
function readCost({ archive }: Services, wish: ChartWish, nowMs: number): number {
  // About twenty plain pages hold their candles at a time, five of one address; with a day of
  // minutes for VWAP, one.
  if (wish.multiple.parts === 1) return WHOLE_ROW_COST * wish.limit;
  return chartCost(archive, wish, Math.floor(nowMs / 1000));
}

function newestCandles(
  { history, archive }: Services,
  wish: ChartWish,
  nowMs: number,
): Promise<readonly Candle[]> {
  const { productId, multiple, limit } = wish;
  return multiple.parts > 1
    ? readChartCandles(archive, wish, Math.floor(nowMs / 1000))
    : history.page({ productId, granularity: multiple.of, limit });
}

/** The view without what cannot be compared, which is named. */
function knownView(
  { view, problems }: ReadChartView,
  own: ProductId,
  catalogue: Services["catalogue"],
): { readonly view: ChartView; readonly problems: readonly string[] } {
  const absent = view.compare.flatMap((id) => {
    if (id === own) return [{ id, why: `${id} is not compared with itself.` }];
    if (catalogue.get(id) !== null) return [];
    const why = catalogue.absence(id)?.detail ?? `There is no product ${id}`;
    return [{ id, why: sentence(why) }];
  });
  const compare = view.compare.filter((id) => absent.every((one) => one.id !== id));
  return {
    view: { ...view, compare },
    problems: [...problems.map(({ message }) => message), ...absent.map(({ why }) => why)],
  };
}

/** A compared product's newest candles; none while the store is down. */
async function comparedCandles(
  services: Services,
  wish: ChartWish,
  nowMs: number,
): Promise<ComparedCandles> {
  const { productId } = wish;
  return { productId, candles: await newestCandles(services, wish, nowMs).catch(() => []) };
}

/** The product's stream, from where the page's candles are whole; null for a stream that begins with itself. */
function streamLink(productId: string, { of }: Multiple, position: number | null): string {
  const wish = `/stream?products=${productId}&granularities=${of}`;
  return position === null ? wish : `${wish}&last_event_id=${position}`;
}

/** Where the chart continues to the left; null when this is all there is. */
function olderLink(candles: readonly Candle[], { name }: Multiple): string | null {
  const oldest = candles[0];
  // Even if there are few: older ones may just be fetched from the exchange.
  if (oldest === undefined) return null;
  const { productId, start } = oldest;
  return candleLink({ productId, granularity: name, end: start, limit: 1000 });
}
