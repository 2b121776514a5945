import assert from "node:assert/strict";
import type { Alert } from "../../../lib/alerts/alert.ts";
import type { AlertProgress } from "../../../lib/alerts/judge.ts";
import { readAlert } from "../../../lib/alerts/alert.ts";
import { AlertStore, newAlertId } from "./alert_store.ts";

const ALERT: Alert = {
  id: "a",
  product: "BTC-USD",
  condition: { kind: "price", value: 70_000 },
  repeats: false,
  sound: true,
  isOn: true,
};
const PROGRESS: AlertProgress = {
  start: 60,
  high: 2,
  low: 1,
  close: 1,
  volume: 3,
  isComplete: false,
  side: true,
  fired: null,
};

/** A browser's storage, also one that is full or forbidden. */
function storage({ isFull = false } = {}) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (isFull) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
  };
}

Deno.test("alert store - what is put is read by the next tab, until it is removed", () => {
  const at = storage();
  assert.ok(new AlertStore(() => at).put(ALERT));
  const store = new AlertStore(() => at);
  assert.deepEqual(store.alerts(), [ALERT]);
  store.turn("a", false);
  assert.deepEqual(store.alerts(), [{ ...ALERT, isOn: false }]);
  store.remove("a");
  assert.deepEqual(store.alerts(), []);
});

Deno.test("alert store - a condition that is changed or turned on begins again, one turned off keeps its place", () => {
  const at = storage();
  const store = new AlertStore(() => at);
  const progress = new Map([["a", PROGRESS]]);
  store.put(ALERT);
  store.keepProgress(progress, [ALERT]);
  assert.deepEqual(store.progress(), progress);
  store.turn("a", false);
  assert.deepEqual(store.progress(), progress);
  store.turn("a", true);
  assert.equal(store.progress().size, 0);
  store.keepProgress(progress, [ALERT]);
  store.put({ ...ALERT, condition: { kind: "price", value: 1 } });
  assert.equal(store.progress().size, 0);
});

Deno.test("alert store - progress of alerts that are gone is not kept", () => {
  const at = storage();
  const store = new AlertStore(() => at);
  store.put(ALERT);
  store.keepProgress(new Map([["a", PROGRESS], ["b", PROGRESS]]), [ALERT, { ...ALERT, id: "b" }]);
  assert.deepEqual([...store.progress().keys()], ["a"]);
});

Deno.test("alert store - a hundred alerts and the newest hundred of what happened are kept", () => {
  const at = storage();
  const store = new AlertStore(() => at);
  for (let index = 0; index < 100; index++) assert.ok(store.put({ ...ALERT, id: `a${index}` }));
  assert.equal(store.put({ ...ALERT, id: "one-more" }), false);
  assert.ok(store.put({ ...ALERT, id: "a7", sound: false }), "one that is stored may change");
  for (let index = 0; index < 120; index++) {
    const id = `f${index}`;
    store.addFiring({ id, alertId: "a", product: "BTC-USD", text: "t", noticedMs: 1, start: 1 });
  }
  assert.equal(store.firings().length, 100);
  assert.equal(store.firings()[0]?.id, "f119");
});

Deno.test("alert store - what is not an alert is left out, whatever is kept there", () => {
  const at = storage();
  const store = new AlertStore(() => at);
  const wrong = [
    null,
    7,
    {},
    { ...ALERT, product: "<script>" },
    { ...ALERT, condition: { kind: "price", value: "70000" } },
    { ...ALERT, condition: { kind: "price", value: -1 } },
    { ...ALERT, condition: { kind: "rsi", level: 70, period: 14, granularity: "ONE_YEAR" } },
    {
      ...ALERT,
      condition: { kind: "line", from: { time: 1, price: 1 }, to: { time: 1, price: 2 } },
    },
    ALERT,
  ];
  at.kept.set("alerts", JSON.stringify(wrong));
  assert.deepEqual(store.alerts(), [ALERT]);
  for (const text of ["", "{", "[]", "7", '"x"', '{"a":{"start":1}}']) {
    at.kept.set("alerts.progress", text);
    at.kept.set("alerts.fired", text);
    assert.equal(store.progress().size, 0);
    assert.deepEqual(store.firings(), []);
  }
});

Deno.test("alert store - a browser that is full or keeps nothing is not an error, and what is put is refused", () => {
  const full = storage({ isFull: true });
  assert.equal(new AlertStore(() => full).put(ALERT), false);
  const none = new AlertStore(() => {
    throw new DOMException("denied", "SecurityError");
  });
  assert.equal(none.put(ALERT), false);
  none.turn("a", false);
  assert.deepEqual([none.alerts(), none.firings(), none.progress().size], [[], [], 0]);
});

Deno.test("alert store - the id of a new alert is one that can be read, and another each time", () => {
  const ids = Array.from({ length: 100 }, newAlertId);
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) assert.equal(readAlert({ ...ALERT, id })?.id, id);
});

Deno.test("alert store - a tab that still judges what another one has changed stores no progress of it", () => {
  const at = storage();
  const [judging, editing] = [new AlertStore(() => at), new AlertStore(() => at)];
  judging.put(ALERT);
  judging.put({ ...ALERT, id: "b" });
  const judged = judging.alerts();
  const progress = new Map([["a", PROGRESS], ["b", PROGRESS]]);
  judging.keepProgress(progress, judged);
  editing.put({ ...ALERT, condition: { kind: "price", value: 80_000 } });
  judging.keepProgress(progress, judged);
  assert.deepEqual([...editing.progress().keys()], ["b"]);
  editing.put({ ...ALERT, id: "b", repeats: true });
  judging.keepProgress(progress, judged);
  assert.deepEqual([...editing.progress().keys()], ["b"], "its condition is what it was");
});

Deno.test("alert store - stored progress that is none of ours lets an alert begin again", () => {
  const at = storage();
  const store = new AlertStore(() => at);
  for (const broken of [{ side: "left" }, { fired: true }, { isComplete: 1 }, { close: "1" }]) {
    at.kept.set("alerts.progress", JSON.stringify({ a: { ...PROGRESS, ...broken } }));
    assert.equal(store.progress().size, 0, JSON.stringify(broken));
  }
});

Deno.test("alert store - a firing that could not be kept is told, so that the page shows it itself", () => {
  const firing = { id: "f", alertId: "a", product: "BTC-USD", text: "t", noticedMs: 1, start: 1 };
  assert.equal(new AlertStore(() => storage()).addFiring(firing), true);
  assert.equal(new AlertStore(() => storage({ isFull: true })).addFiring(firing), false);
});

Deno.test("alert store - a stored firing at no time that a date can show is left out", () => {
  const at = storage();
  const firing = { id: "f", alertId: "a", product: "BTC-USD", text: "t", noticedMs: 1, start: 1 };
  const broken = [{ start: 1e300 }, { noticedMs: 1e300 }, { start: 1.5 }, { noticedMs: -1 }];
  at.kept.set(
    "alerts.fired",
    JSON.stringify([...broken.map((one) => ({ ...firing, ...one })), firing]),
  );
  assert.deepEqual(new AlertStore(() => at).firings(), [firing]);
});
