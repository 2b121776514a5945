import assert from "node:assert/strict";
import { STATUS } from "../metrics/test_status.ts";
import { FakeClock } from "../time/fake_clock.ts";
import { idleProgram } from "../time/test_turns.ts";
import type { ToParent, ToWorker } from "./messages.ts";
import { ParentLink } from "./parent_link.ts";
import { NoAnswerError } from "./shared_answer.ts";
import { WorkerDownloads, WorkerRequests } from "./worker_limits.ts";

/** A worker's link to a parent that the test plays. */
function opened() {
  const clock = new FakeClock();
  const sent: ToParent[] = [];
  const stops: boolean[] = [];
  let take: (message: unknown) => void = () => {};
  let lose = () => {};
  const link = new ParentLink(
    3,
    {
      send: (message) => sent.push(message),
      listen(onMessage, onLost) {
        take = onMessage;
        lose = onLost;
      },
    },
    (parentIsGone) => stops.push(parentIsGone),
    clock,
  );
  const receive = (message: ToWorker) => take(message);
  return {
    link,
    clock,
    sent,
    stops,
    receive,
    take: (message: unknown) => take(message),
    lose: () => lose(),
  };
}

Deno.test("parent link - questions of one turn go together, and each gets its own answer", async () => {
  const { link, sent, receive } = opened();
  const first = link.requestPlace("streams", "a");
  const second = link.requestPlace("streams", "b");
  await idleProgram();
  assert.deepEqual(sent, [{
    kind: "questions",
    questions: [{ id: 1, what: "streams", address: "a" }, { id: 2, what: "streams", address: "b" }],
  }]);
  receive({
    kind: "answers",
    answers: [
      { id: 2, refusal: "streams", waitSeconds: null },
      { id: 1, refusal: null, waitSeconds: null },
    ],
  });
  assert.deepEqual([(await first).refusal, (await second).refusal], [null, "streams"]);
});

Deno.test("parent link - while its parent hangs, streams are refused and requests are not", async () => {
  const { link, clock, sent, receive } = opened();
  const stream = link.requestPlace("streams", "a");
  const request = link.requestPlace("requests", "a");
  await idleProgram();
  await clock.pass(5000);
  assert.equal((await stream).refusal, "streams");
  assert.equal((await request).waitSeconds, null);
  sent.length = 0;
  receive({
    kind: "answers",
    answers: [
      { id: 1, refusal: null, waitSeconds: null },
      { id: 2, refusal: null, waitSeconds: null },
    ],
  });
  assert.deepEqual(sent, [{ kind: "left", what: "streams", address: "a" }], "a late place");
});

Deno.test("parent link - figures and metrics of a parent that hangs are given up, and requested again", async () => {
  const { link, clock, sent, receive } = opened();
  const [first, second] = [link.metrics(), link.metrics()];
  const lost = [assert.rejects(first, NoAnswerError), assert.rejects(second, NoAnswerError)];
  lost.push(assert.rejects(link.figures(), NoAnswerError));
  assert.deepEqual(sent, [{ kind: "metrics" }, { kind: "figures" }]);
  await clock.pass(5000);
  await Promise.all(lost);
  const again = link.metrics();
  assert.deepEqual(sent.slice(2), [{ kind: "metrics" }]);
  receive({ kind: "metrics", text: "up 1" });
  assert.equal(await again, "up 1");
});

Deno.test("parent link - a parent that has not reported for long gets no request until it does", async () => {
  const { link, clock, sent, receive } = opened();
  receive({ kind: "status", status: STATUS });
  await clock.pass(10_001);
  assert.equal((await link.requestPlace("streams", "a")).refusal, "streams");
  assert.equal((await link.requestPlace("downloads", "a")).refusal, "streams");
  assert.deepEqual(await link.requestPlace("requests", "a"), { refusal: null, waitSeconds: null });
  await assert.rejects(link.metrics(), NoAnswerError);
  await assert.rejects(link.figures(), NoAnswerError);
  assert.deepEqual(sent, []);
  receive({ kind: "status", status: STATUS });
  const pending = link.requestPlace("streams", "a");
  await idleProgram();
  receive({ kind: "answers", answers: [{ id: 1, refusal: null, waitSeconds: null }] });
  assert.equal((await pending).refusal, null);
});

Deno.test("parent link - a place is given back once, and refused requests are counted", async () => {
  const { link, sent, receive } = opened();
  const entering = new WorkerDownloads(link).enter("a");
  await idleProgram();
  receive({ kind: "answers", answers: [{ id: 1, refusal: null, waitSeconds: null }] });
  const leave = await entering;
  assert.ok(leave);
  sent.length = 0;
  leave();
  leave();
  assert.deepEqual(sent, [{ kind: "left", what: "downloads", address: "a" }]);
  const requests = new WorkerRequests(link, true);
  const taking = requests.take("a");
  await idleProgram();
  receive({ kind: "answers", answers: [{ id: 2, refusal: null, waitSeconds: 4 }] });
  assert.deepEqual([await taking, requests.refused], [4, 1]);
  sent.length = 0;
  assert.equal(await new WorkerRequests(link, false).take("a"), null);
  await idleProgram();
  assert.deepEqual(sent, [], "without a limit nothing is requested");
});

Deno.test("parent link - it ends with its parent, in order or not, and refuses what is not a message", async () => {
  const { link, stops, receive, take, lose } = opened();
  receive({ kind: "servers", urls: { databaseUrl: "postgres://d", natsServers: ["nats://n"] } });
  assert.deepEqual((await link.servers).natsServers, ["nats://n"]);
  receive({ kind: "stop" });
  lose();
  assert.deepEqual(stops, [false, true]);
  for (const message of [null, "stop", {}, { kind: "questions" }]) {
    assert.throws(() => take(message));
  }
});
