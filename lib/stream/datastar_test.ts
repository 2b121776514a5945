import assert from "node:assert/strict";
import { ServerSentEventGenerator } from "@starfederation/datastar-sdk/abstractServerSentEventGenerator";
import { patchElements } from "./datastar.ts";

/** The events of Datastar's own server library. */
class Original extends ServerSentEventGenerator {
  constructor() {
    super();
  }

  override close(): void {}
}

Deno.test("datastar - an event is the one that Datastar v1's own generator writes, to the byte", () => {
  for (
    const html of [
      '<spot-chart id="chart-BTC-USD-ONE_MINUTE"><svg></svg></spot-chart>',
      "<p id=a>one\ntwo\n\n  three: four</p>",
      "<p id=b>é 🜚</p>",
    ]
  ) {
    const original = new Original().patchElements(html).join("");
    assert.equal(new TextDecoder().decode(patchElements(html)), original);
  }
});

Deno.test("datastar - however lines end in the HTML, none of them breaks the event", () => {
  const text = new TextDecoder().decode(patchElements("<p id=a>\r\none\rtwo\n</p>"));
  assert.equal(
    text,
    "event: datastar-patch-elements\ndata: elements <p id=a>\ndata: elements one\n" +
      "data: elements two\ndata: elements </p>\n\n",
  );
});
