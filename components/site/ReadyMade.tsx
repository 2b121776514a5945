/** Ready-made ways to get candles: what each is for, and the lines of code that it takes. */
export function ReadyMade({ origin }: { origin: string }) {
  return (
    <section id="ready-made" class="panel mb-4 p-4 sm:p-6" aria-labelledby="ready-made-name">
      <h2 id="ready-made-name" class="text-lg font-semibold">Ready to use</h2>
      <dl>
        {ways(origin).map(({ name, text, lines }) => (
          <div key={name} class="mt-4">
            <dt class="font-semibold">{name}</dt>
            <dd>
              <p class="max-w-prose">{text}</p>
              {lines !== undefined && (
                <pre class="mt-2 overflow-x-auto rounded bg-base-200 p-3 text-sm" tabindex={0}>
                  {lines}
                </pre>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface Way {
  readonly name: string;
  readonly text: string;
  readonly lines?: string;
}

function ways(origin: string): readonly Way[] {
  return [
    {
      name: "Candles in a page, Node or Deno",
      text: "/client.js shares one connection among all that follow, and reconnects automatically.",
      lines: `import { followCandles } from "${origin}/client.js";\n` +
        'followCandles({ products: ["BTC-USD"], granularities: ["ONE_MINUTE"], onCandle: console.log });',
    },
    {
      name: "A live chart on any page",
      text: "One module, no build. The product’s own page has every multiple too.",
      lines: `<script type="module" src="${origin}/spot-chart.js"></script>\n` +
        '<spot-chart product="BTC-USD" granularity="FOUR_HOUR" indicators="ema:21,rsi"></spot-chart>',
    },
    {
      name: "A chart drawn by the server, for Datastar",
      text: "Each event is the whole element, morphed in place.",
      lines: '<spot-chart id="chart-BTC-USD-ONE_MINUTE"\n' +
        `  data-init="@get('${origin}/stream/chart?product=BTC-USD&granularity=ONE_MINUTE', {retry: 'always'})">` +
        "</spot-chart>",
    },
    {
      name: "TradingView’s charts",
      text: "A datafeed in the Universal Data Feed protocol.",
      lines: `new Datafeeds.UDFCompatibleDatafeed("${origin}/udf")`,
    },
    {
      name: "DuckDB, pandas, spreadsheets",
      text: "Whole ranges as Parquet, CSV (times=iso for spreadsheets) or NDJSON.",
      lines: `import pandas as pd\n` +
        `pd.read_parquet("${origin}/api/candles.parquet?product=BTC-USD&granularity=ONE_HOUR")`,
    },
    {
      name: "A typed client",
      text: "Made of this server’s own description.",
      lines: `npx openapi-typescript ${origin}/openapi.json -o api.d.ts`,
    },
    {
      name: "The older chart library, @anssip/rs-charts",
      text: "Its subscription and product list, over this server.",
      lines: `import { LiveCandleSubscription } from "${origin}/adapters/rs-charts.js";`,
    },
    {
      name: "PostgreSQL, NATS, webhooks",
      text:
        "The operator of this server can give you a login of either that may only read, and have closed candles " +
        "posted to you, signed, at least once and in order.",
    },
  ];
}
