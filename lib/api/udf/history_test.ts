import assert from "node:assert/strict";
import { sampleCandle } from "../../../tests/sample_candles.ts";
import { decimal } from "../../candles/decimal.ts";
import { epochSeconds } from "../../candles/granularity.ts";
import { Archive } from "../../history/archive.ts";
import { CostBudget } from "../../http/cost_budget.ts";
import { READ_LIMITS } from "../read_limits.ts";
import { type Api, at, chain, KNOWN, minute, NOW, REQUESTER, withApi } from "../test_api.ts";
import { answerUdfHistory, MAX_BARS } from "./history.ts";

Deno.test(
  "udf history - a range has its start, not its end, and every digit",
  withApi(async (api) => {
    await api.store.candles.upsert(
      chain(6).map((candle, index) => ({
        ...candle,
        volume: decimal(`12345678901234567.${index}1`),
      })),
    );
    const answer = await requestUdf(api, `resolution=1&from=${at(1)}&to=${at(4)}`);
    assert.deepEqual((await answer.clone().json()).t, [at(1), at(2), at(3)]);
    const text = await answer.text();
    assert.match(text, /"v":\[12345678901234567\.11,12345678901234567\.21,12345678901234567\.31\]/);
    assert.match(text, /^\{"s":"ok","t":\[.*\],"o":\[.*\],"h":\[.*\],"l":\[.*\],"c":\[.*\],"v":/);
  }),
);

Deno.test(
  "udf history - countback gives as many bars before the end, whatever from is",
  withApi(async (api) => {
    await api.store.candles.upsert(chain(9));
    const starts = await startsOf(api, `resolution=1&from=${at(7)}&to=${at(8)}&countback=3`);
    assert.deepEqual(starts, [at(5), at(6), at(7)]);
    assert.deepEqual(await startsOf(api, "resolution=1&countback=2"), [at(7), at(8)]);
  }),
);

Deno.test(
  "udf history - a resolution that is not stored is merged, and the live bar is in it",
  withApi(async (api) => {
    await api.store.candles.upsert(chain(7));
    api.current.push(minute(7, 7, { isComplete: false, exact: false, high: decimal("99999.5") }));
    const bars = await (await requestUdf(api, `resolution=3&from=${at(0)}&to=${at(60)}`)).json();
    assert.deepEqual(bars.t, [at(0), at(3), at(6)]);
    assert.equal(bars.h.at(-1), 99_999.5);
  }),
);

Deno.test(
  "udf history - without bars in the range, the time of the newest before it is given",
  withApi(async (api) => {
    await api.store.candles.upsert(chain(7));
    const range = `from=${at(1000)}&to=${at(1100)}`;
    const oneMinute = await (await requestUdf(api, `resolution=1&${range}`)).json();
    assert.deepEqual(oneMinute, { s: "no_data", nextTime: at(6) });
    const threeMinutes = await (await requestUdf(api, `resolution=3&${range}`)).json();
    assert.deepEqual(
      threeMinutes,
      { s: "no_data", nextTime: at(6) },
      "the merged bar that holds it",
    );
    const fiveMinutes = await (await requestUdf(api, `resolution=5&from=${at(9)}&to=${at(1100)}`))
      .json();
    assert.equal(
      fiveMinutes.s,
      "no_data",
      "five-minute candles are stored separately, and none is",
    );
    const before = await (await requestUdf(api, `resolution=1&from=0&to=${at(0)}`)).json();
    assert.deepEqual(before, { s: "no_data" }, "there is nothing older");
    const counted = await (await requestUdf(api, `resolution=1&to=${at(0)}&countback=9`)).json();
    assert.deepEqual(counted, { s: "no_data" });
    const empty = await (await requestUdf(api, `resolution=1&from=${at(3)}&to=${at(3)}`)).json();
    assert.deepEqual(empty, { s: "no_data", nextTime: at(2) });
  }),
);

Deno.test(
  "udf history - a chart that is dragged beyond 1970 or into the future is answered",
  withApi(async (api) => {
    await api.store.candles.upsert(chain(2));
    assert.deepEqual(await startsOf(api, "resolution=1&from=-999999&to=99999999999"), [
      at(0),
      at(1),
    ]);
    assert.deepEqual(await startsOf(api, "resolution=1&countback=999999999"), [at(0), at(1)]);
  }),
);

Deno.test(
  "udf history - every value that cannot be used is named, in the client's words too",
  withApi(async (api) => {
    const bad = async (query: string) => {
      const answer = await answerUdfHistory(services(api), request(query), NOW, REQUESTER);
      const { s, errmsg, errors } = await answer.json();
      assert.equal(answer.status, 400, query);
      assert.equal(s, "error");
      assert.match(errmsg, /^The query cannot be used: \w+ must be /);
      return errors.map(({ parameter }: { parameter: string }) => parameter);
    };
    assert.deepEqual(await bad("symbol=b%20x&resolution=1W&from=x&to=y&countback=0"), [
      "symbol",
      "resolution",
      "from",
      "to",
      "countback",
    ]);
    assert.deepEqual(await bad("symbol=BTC-USD&resolution=1"), ["from"]);
    assert.deepEqual(await bad("symbol=BTC-USD&resolution=1&from=9&to=8"), ["from"]);
    assert.deepEqual(await bad(""), ["symbol", "resolution", "from"]);
    const unknown = await answerUdfHistory(
      services(api),
      request("symbol=NO-USD&resolution=1&from=1&to=2"),
      NOW,
      REQUESTER,
    );
    assert.equal(unknown.status, 404);
    assert.equal((await unknown.json()).s, "error");
  }),
);

Deno.test(
  "udf history - an answer has a bound, and costs its rows of the one budget for reading",
  withApi(async (api) => {
    await api.store.candles.upsert(chain(3));
    const costs: number[] = [];
    class Counted extends CostBudget {
      override run<T>(
        requester: typeof REQUESTER,
        cost: number,
        work: () => Promise<T>,
      ): Promise<T> {
        costs.push(cost);
        return super.run(requester, cost, work);
      }
    }
    const reads = new Counted(READ_LIMITS);
    const from = NOW - 30 * 86_400;
    await answerUdfHistory(
      { ...services(api), reads },
      request(`symbol=BTC-USD&resolution=1&from=${from}&to=${NOW}`),
      NOW,
      REQUESTER,
    );
    await answerUdfHistory(
      { ...services(api), reads },
      request(`symbol=BTC-USD&resolution=7&countback=99999`),
      NOW,
      REQUESTER,
    );
    assert.equal(costs[0], MAX_BARS + 1 + 100, "a month of minutes is cut to an answer");
    assert.ok((costs[1] ?? 0) > 19_000 && (costs[1] ?? 0) <= 20_101, `${costs[1]}`);
    const tight = new CostBudget({ ...READ_LIMITS, perAddress: 1, total: 1, waiting: 0 });
    void tight.run(REQUESTER, 1, () => new Promise(() => {}));
    const refused = await answerUdfHistory(
      { ...services(api), reads: tight },
      request("symbol=BTC-USD&resolution=1&countback=5"),
      NOW,
      REQUESTER,
    );
    assert.ok([429, 503].includes(refused.status));
    assert.ok(refused.headers.has("retry-after"));
    assert.equal((await refused.json()).s, "error");
  }),
);

Deno.test(
  "udf history - what can never change may be kept forever, and the same again is not sent",
  withApi(async (api) => {
    await api.store.candles.upsert(chain(9));
    const closed = `resolution=1&from=${at(2)}&to=${at(5)}`;
    const first = await requestUdf(api, closed);
    assert.match(first.headers.get("cache-control") ?? "", /immutable/);
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    assert.equal((await requestUdf(api, closed, headers)).status, 304);
    const newest = await requestUdf(api, "resolution=1&countback=3");
    assert.equal(newest.headers.get("cache-control"), "no-cache");
  }),
);

Deno.test("udf history - while the database is down the client gets an error that reports it", async () => {
  const away = () => Promise.reject(new Error("away"));
  const archive = new Archive({
    newest: away,
    oldest: away,
    stretches: away,
    summary: away,
    current: () => sampleCandle({ start: epochSeconds(at(0)) }),
    recent: () => [],
    position: () => null,
  });
  const answer = await answerUdfHistory(
    { archive, catalogue: KNOWN, reads: new CostBudget(READ_LIMITS) },
    request("symbol=BTC-USD&resolution=1&countback=5"),
    NOW,
    REQUESTER,
  );
  assert.equal(answer.status, 503);
  assert.match((await answer.json()).errmsg, /History is not available/);
});

function services({ archive, budget }: Api) {
  return { archive, catalogue: KNOWN, reads: budget };
}

function request(query: string, headers: Record<string, string> = {}): Request {
  return new Request(`http://x/udf/history?${query}`, { headers });
}

async function requestUdf(
  api: Api,
  query: string,
  headers?: Record<string, string>,
): Promise<Response> {
  const http = request(`symbol=BTC-USD&${query}`, headers);
  const answer = await answerUdfHistory(services(api), http, NOW, REQUESTER);
  assert.ok([200, 304].includes(answer.status), `${query}: ${answer.status}`);
  return answer;
}

async function startsOf(api: Api, query: string): Promise<number[]> {
  return (await (await requestUdf(api, query)).json()).t;
}
