import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../app.ts";
import { only } from "../methods.ts";
import { operations } from "../components/status/operations.ts";
import LiveStatus from "../islands/LiveStatus.tsx";

/** For operators: the state of this process. Without script the page reloads automatically. */
export default define.page<typeof handler>(function StatusPage({ data }) {
  return (
    <div class="page status">
      <Head>
        <title>Status · Spot Canvas</title>
        {/* A search finds the page, and not its state of another day. */}
        <meta name="robots" content="nosnippet, noarchive" />
        <noscript>
          <meta http-equiv="refresh" content="5" />
        </noscript>
      </Head>
      <h1>Status</h1>
      <LiveStatus first={data} />
    </div>
  );
});

export const handler = only({
  async GET(ctx) {
    const now = await operations(ctx.state.services, Date.now());
    const headers = { "cache-control": "no-store", vary: "accept" };
    return ctx.req.headers.get("accept") === "application/json"
      ? ctx.json(now, { headers })
      : page(now, { headers });
  },
});
