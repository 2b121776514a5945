import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import type { Services, State } from "../../app.ts";
import { define } from "../../app.ts";
import { only } from "../../methods.ts";
import { Connecting } from "../../components/site/Connecting.tsx";
import { EmptyState } from "../../components/site/EmptyState.tsx";
import { priceDigits } from "../../components/site/price.ts";
import { SpotChart } from "../../components/embed/SpotChart.tsx";
import type { Candle } from "../../lib/candles/candle.ts";
import type { Granularity } from "../../lib/candles/granularity.ts";

const GRANULARITY: Granularity = "ONE_MINUTE";
const SHOWN_CANDLES = 120;

/** A live chart made of hypermedia alone: the server sends it whole whenever it changes. */
export default define.page<typeof handler>(function DatastarExample({ data }) {
  const { status, product, candles } = data;
  if (status !== null) return <Connecting status={status} />;
  if (product === null) {
    return (
      <div class="page">
        <EmptyState title="No products are followed" page>
          <p>There is nothing to draw.</p>
        </EmptyState>
      </div>
    );
  }
  const stream = `/stream/chart?product=${product.id}&granularity=${GRANULARITY}`;
  return (
    <div class="page example">
      <Head>
        <title>Hypermedia chart · Spot Canvas</title>
        <script src={asset("/patch_elements.js")} type="module" />
      </Head>
      <h1>A chart of hypermedia</h1>
      <p>
        The server draws this chart of {product.id}{" "}
        and sends it again with every change, as an event of Datastar v1. The page has no chart
        library and keeps no state.
      </p>
      <div class="panel example-chart" data-patches={stream} tabindex={0}>
        <SpotChart
          productId={product.id}
          granularity={GRANULARITY}
          candles={candles}
          digits={priceDigits(product.quoteIncrement, product.price)}
        />
      </div>
      <h2>On your own page</h2>
      <p>With Datastar loaded, this is all:</p>
      <pre class="panel" tabindex={0}>{snippet(product.id)}</pre>
    </div>
  );
});

export const handler = only({
  async GET(ctx) {
    const { services, requester } = ctx.state;
    const { catalogue } = services;
    const headers = { "cache-control": "no-cache" };
    if (!catalogue.loaded) {
      return page({ status: services.status(), product: null, candles: [] }, { headers });
    }
    const product = catalogue.all().find(({ status }) => status === "online") ?? null;
    const candles = product === null ? [] : await newest(services, product.id, requester);
    return page({ status: null, product, candles }, { headers });
  },
});

async function newest(
  { history, reads }: Services,
  productId: Candle["productId"],
  requester: State["requester"],
): Promise<readonly Candle[]> {
  const query = { productId, granularity: GRANULARITY, limit: SHOWN_CANDLES };
  // Without the store the stream still brings the live candle.
  return await reads.run(requester, SHOWN_CANDLES, () => history.page(query).catch(() => []));
}

function snippet(productId: string): string {
  const url = `/stream/chart?product=${productId}&granularity=${GRANULARITY}`;
  return `<div data-init="@get('${url}', {retry: 'always', retryMaxCount: 1000000})">
  <spot-chart id="chart-${productId}-${GRANULARITY}"></spot-chart>
</div>`;
}
