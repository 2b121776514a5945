import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import type { PartState } from "../../app.ts";
import { StoreNotice } from "./StoreNotice.tsx";

function notice(store: PartState): string {
  return renderToString(<StoreNotice store={store} />).replace(/<[^>]*>/g, "");
}

Deno.test("store notice - a database that is down has no history, and its address is nobody's matter", () => {
  assert.equal(
    notice({ state: "down", detail: "spot@10.0.0.7:5432/spot: no answer for 10 s" }),
    "History is not available at the moment. Live prices continue, and nothing is lost.",
  );
});

Deno.test("store notice - one that takes no candles is still read, and says why it takes none", () => {
  assert.equal(
    notice({ state: "degraded", detail: "the database's disk is full" }),
    "New candles cannot be stored at the moment: the database's disk is full. " +
      "Live prices continue, and nothing is lost.",
  );
});

Deno.test("store notice - there is none while the database is up, starts, or is another process's", () => {
  for (const state of ["up", "starting", "standby", "off"] as const) {
    assert.equal(notice({ state, detail: null }), "");
  }
});
