import type { Services } from "../../app.ts";
import { only } from "../../methods.ts";
import { chartHtml } from "../../components/embed/chart_html.tsx";
import { untilLoaded } from "../../lib/api/stream_answer.ts";
import { ChartBoards } from "../../lib/api/chart_boards.ts";
import { preflightResponse } from "../../lib/http/cross_origin.ts";

const SHOWN_CANDLES = 120;

/** The charts that are open, for each set of services. */
const boards = new WeakMap<Services, ChartBoards>();

export const handler = only({
  GET: async (ctx) => {
    await untilLoaded(ctx.state.services.catalogue, ctx.req.headers);
    return answer(ctx.state.services, ctx.req, ctx.url, ctx.info.remoteAddr);
  },

  // Without this a HEAD would open a stream whose body is not read.
  HEAD: (ctx) => answer(ctx.state.services, ctx.req, ctx.url, ctx.info.remoteAddr),

  OPTIONS(ctx) {
    const { config } = ctx.state.services;
    return preflightResponse(ctx.req.headers.get("origin"), config.corsOrigins);
  },
});

function answer(
  services: Services,
  request: Request,
  url: URL,
  remote: Deno.Addr,
): Promise<Response> {
  let charts = boards.get(services);
  if (charts === undefined) {
    const { history, catalogue, reads } = services;
    charts = new ChartBoards({
      // One for each chart that is open in a page, which streams' own limits bound.
      past: (productId, granularity, requester) =>
        reads.runAdmitted(
          requester,
          SHOWN_CANDLES,
          () => history.page({ productId, granularity, limit: SHOWN_CANDLES }),
        ),
      render: (...chart) => chartHtml(catalogue, ...chart),
    });
    boards.set(services, charts);
  }
  return charts.answer(services, request, url, "hostname" in remote ? remote.hostname : "");
}
