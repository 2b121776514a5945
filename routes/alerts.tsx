import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../app.ts";
import { only } from "../methods.ts";
import { Connecting } from "../components/site/Connecting.tsx";
import { ALERT_KINDS } from "../components/alerts/alert_form.ts";
import Alerts from "../islands/Alerts.tsx";

/** What the address may fill in: a chart links here with its product and price. */
const FIELDS = /^[\w.,\- ]{1,32}$/;

/** Alerts: kept and judged by the browser, so the server knows none of them. */
export default define.page<typeof handler>(function AlertsPage({ data }) {
  if (!data.loaded) return <Connecting status={data.status} />;
  return (
    <div class="page alerts">
      <Head>
        <title>Alerts · Spot Canvas</title>
      </Head>
      <h1>Alerts</h1>
      <p class="lead">
        They are kept in this browser and judged by its pages: one page of Spot Canvas with prices
        or a chart, or this one, must stay open. What crosses while the connection is lost is
        noticed when it is back, once, if that is within 16 hours.
      </p>
      <noscript>
        <p class="notice">
          Alerts need JavaScript. With it this page sets them for:{" "}
          {Object.values(ALERT_KINDS).map(({ title }) => withinSentence(title)).join("; ")}.
        </p>
      </noscript>
      <Alerts products={data.products} first={data.first} />
    </div>
  );
});

export const handler = only({
  GET(ctx) {
    const names = ["product", "kind", "value"];
    const first = Object.fromEntries(names.flatMap((name) => {
      const value = ctx.url.searchParams.get(name);
      return value !== null && FIELDS.test(value) ? [[name, value]] : [];
    }));
    const { services } = ctx.state;
    const { catalogue } = services;
    const products = catalogue.ids().toSorted();
    return page({ products, first, loaded: catalogue.loaded, status: services.status() }, {
      headers: { "cache-control": "no-store" },
    });
  },
});

/** `Price crosses a value` in the form for the middle of a sentence; words in capitals stay so. */
function withinSentence(title: string): string {
  return title.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
