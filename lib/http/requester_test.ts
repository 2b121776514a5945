import assert from "node:assert/strict";
import { until } from "../../tests/harness/wait.ts";
import { requesterOf } from "./requester.ts";
import { CostBudget } from "./cost_budget.ts";

const LIMITS = {
  total: 1,
  perAddress: 1,
  waiting: 5,
  waitingPerAddress: 5,
  timeoutMs: 60_000,
};

Deno.test("requester - a client that breaks its connection off while it waits leaves the queue", async () => {
  const budget = new CostBudget(LIMITS);
  const running = Promise.withResolvers<void>();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request, { remoteAddr }) => {
      const requester = requesterOf(request, remoteAddr, false);
      return await budget.run(requester, 1, () => running.promise).then(
        () => new Response("read"),
        () => new Response("left", { status: 499 }),
      );
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const first = fetch(url);
  await until("the first request", () => Promise.resolve(budget.stats.underWay === 1));
  const leaving = new AbortController();
  const second = fetch(url, { signal: leaving.signal });
  await until("the second request", () => Promise.resolve(budget.stats.waiting === 1));
  leaving.abort();
  await assert.rejects(second);
  await until("its leaving", () => Promise.resolve(budget.stats.waiting === 0));
  assert.deepEqual([budget.stats.left, budget.stats.underWay], [1, 1]);
  running.resolve();
  assert.equal(await (await first).text(), "read");
  assert.equal(budget.stats.underWay, 0);
});

Deno.test("requester - it is the client that the proxy names, where a proxy is trusted", () => {
  const request = new Request("http://x/", { headers: { "x-forwarded-for": "203.0.113.9" } });
  const remote: Deno.NetAddr = { transport: "tcp", hostname: "10.0.0.1", port: 1 };
  assert.equal(requesterOf(request, remote, true).address, "203.0.113.9");
  assert.equal(requesterOf(request, remote, false).address, "10.0.0.1");
});
