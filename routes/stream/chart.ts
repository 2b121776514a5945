import type { Context } from "fresh";
import type { Services, State } from "../../app.ts";
import { only, preflight } from "../../methods.ts";
import { chartHtml } from "../../components/embed/chart_html.tsx";
import { untilLoaded } from "../../lib/api/stream_answer.ts";
import { ChartBoards } from "../../lib/api/chart_boards.ts";

const SHOWN_CANDLES = 120;

/** The charts that are open, for each set of services. */
const boards = new WeakMap<Services, ChartBoards>();

export const handler = only({
  GET: async (ctx) => {
    await untilLoaded(ctx.state.services.catalogue, ctx.req.headers);
    return answer(ctx);
  },
  // Without this a HEAD would open a stream whose body is not read.
  HEAD: answer,
  OPTIONS: preflight,
});

function answer({ state, req, url }: Context<State>): Promise<Response> {
  const { services } = state;
  const { history, catalogue, reads } = services;
  const charts = boards.getOrInsertComputed(services, () => {
    return new ChartBoards({
      // One for each chart that is open in a page, which streams' own limits bound.
      past: (productId, granularity, requester) =>
        reads.runAdmitted(
          requester,
          SHOWN_CANDLES,
          () => history.page({ productId, granularity, limit: SHOWN_CANDLES }),
        ),
      render: (...chart) => chartHtml(catalogue, ...chart),
    });
  });
  return charts.answer(services, req, url, state.requester.address);
}
