import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../app.ts";
import { only } from "../methods.ts";
import { ApiOperation } from "../components/site/ApiOperation.tsx";
import { ApiShape } from "../components/site/ApiShape.tsx";
import { ReadyMade } from "../components/site/ReadyMade.tsx";
import { ENDPOINTS } from "../lib/api/endpoints.ts";
import { openApiDocument } from "../lib/api/openapi.ts";

/** The API's documentation: the description's operations, each with a command that works here. */
export default define.page<typeof handler>(function DocsPage({ data }) {
  const { document, origin } = data;
  return (
    <div class="page pb-8">
      <Head>
        <title>API · Spot Canvas</title>
        <meta
          name="description"
          content="How to get candles from Spot Canvas, live and historical."
        />
      </Head>
      <h1 class="pt-6 text-2xl font-bold">API</h1>
      <p class="mt-2 mb-5 max-w-prose">
        Plain HTTP, no key. Numbers are JSON numbers with every digit the exchange gave; times are
        UTC. Errors are problem details (RFC 9457) that name each bad value. For programs:{" "}
        <a class="underline" href="/openapi.json">openapi.json</a>.
      </p>
      <p class="mb-5 max-w-prose">
        Charts side by side:{" "}
        <a class="underline" href="/workspace">workspace</a>, whose address names them:{" "}
        <code>{origin}/workspace?chart=BTC-USD/5m&amp;chart=ETH-USD/4h</code>.
      </p>
      <ReadyMade origin={origin} />
      {ENDPOINTS.map(({ path, id, example, answers }) => {
        const operation = document.paths?.[path]?.get;
        const curl = `curl ${"text/event-stream" in answers ? "-N " : ""}'${origin}${example}'`;
        return operation && <ApiOperation key={id} path={path} operation={operation} curl={curl} />;
      })}
      {Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => (
        <ApiShape key={name} name={name} schema={schema} />
      ))}
    </div>
  );
});

export const handler = only({
  GET(ctx) {
    const document = openApiDocument(ctx.state.services.status().version);
    return page({ document, origin: ctx.state.services.config.publicUrl ?? ctx.url.origin });
  },
});
