import { countText } from "../site/count_text.ts";
import type { PartState } from "../../app.ts";
import { AuditFigures } from "./AuditFigures.tsx";
import { durationText, memoryText, rateText } from "./figure_text.ts";
import type { Operations } from "./operations.ts";
import { RepairFigures } from "./RepairFigures.tsx";
import { StatusConnections } from "./StatusConnections.tsx";
import { WebhookTable } from "./WebhookTable.tsx";
import { WorkerTable } from "./WorkerTable.tsx";
import { sentence } from "../site/sentence.ts";

/** A process's state: a verdict first, figures below. If it no longer answers, its last state. */
export function StatusBoard({ now, answers }: { now: Operations; answers: boolean }) {
  const { verdict, well } = answers
    ? judge(now)
    : { verdict: "The server does not answer", well: "no" };
  const isStarting = now.feed.state === "starting";
  return (
    <>
      <p class="verdict" data-well={well} role="status">{verdict}</p>
      <div class="parts" data-old={answers ? undefined : ""}>
        <Part name="Feed" part={now.feed} detail={feedDetail(now)} />
        <Part name="Bus" part={now.bus} detail={busDetail(now)} />
        <Part name="Store" part={now.store} detail={storeDetail(now)} />
        <Part
          name="Streams"
          part={{ state: now.streams.open < now.streams.most ? "up" : "degraded", detail: null }}
          detail={`${countText(now.streams.open)} of ${countText(now.streams.most)} open`}
        />
      </div>
      <ProductsNotice chosen={now.chosen} />
      <h2>Rates per second</h2>
      <dl class="panel figure-grid">
        <Figure name="Trades in" value={rateText(now.rates.trades)} />
        <Figure name="Live updates" value={rateText(now.rates.liveUpdates)} />
        <Figure name="Candles closed" value={rateText(now.rates.closedCandles)} />
        <Figure name="Candles stored" value={rateText(now.rates.writtenCandles)} />
        <Figure name="Frames sent" value={rateText(now.rates.sentFrames)} />
        <Figure name="REST requests" value={rateText(now.rates.restRequests)} />
      </dl>
      <h2 id="connections">Feed connections</h2>
      <div data-old={answers ? undefined : ""}>
        <StatusConnections
          connections={now.connections}
          isStarting={isStarting}
          labelledBy="connections"
        />
      </div>
      <h2>Gaps and repairs</h2>
      <RepairFigures repair={now.repair} isStarting={isStarting} />
      {now.repair !== null && (
        <>
          <h2 id="audit">Compared with the exchange’s candles</h2>
          <AuditFigures audit={now.repair.audit} />
        </>
      )}
      {now.webhooks.length > 0 && (
        <>
          <h2 id="webhooks">Webhooks</h2>
          <WebhookTable webhooks={now.webhooks} labelledBy="webhooks" />
        </>
      )}
      {now.workers !== null && (
        <>
          <h2 id="workers">Web processes</h2>
          <WorkerTable workers={now.workers.workers} labelledBy="workers" />
        </>
      )}
      <h2>{now.workers === null ? "Process" : "All processes"}</h2>
      <dl class="panel figure-grid">
        <Figure name="Up for" value={durationText(now.atMs - now.startedAtMs)} />
        <Figure name="Version" value={now.version} />
        <Figure name="Roles" value={now.roles.join(", ")} />
        <Figure name="Shard" value={`${now.shard.index + 1} of ${now.shard.count}`} />
        <Figure name="Products of this shard" value={ownProducts(now)} />
        <Figure name="Memory" value={memoryText(now.memoryBytes)} />
        <Figure name="Processor" value={`${Math.round(now.cpu * 100)}% of a core`} />
        <Figure name="Event loop late by" value={`${now.lagMs.toFixed(1)} ms`} />
        <Figure name="Messages dropped" value={countText(now.dropped)} />
        <Figure name="Streams cut off" value={countText(now.streams.cutOff)} />
        <Figure name="Streams refused" value={countText(now.streams.turnedAway)} />
        <Figure name="Dead letters" value={countText(now.deadLetters)} />
      </dl>
    </>
  );
}

/** Which chosen products are not followed, and why. */
function ProductsNotice({ chosen: { unavailable, detail } }: Pick<Operations, "chosen">) {
  if (unavailable.length === 0) {
    return detail === null ? null : <p class="note">{sentence(detail)}</p>;
  }
  return (
    <>
      <h2>Listed in PRODUCTS and not followed</h2>
      <ul class="panel nothing">
        {unavailable.map(({ product, detail }) => <li key={product}>{sentence(detail)}</li>)}
      </ul>
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const WORD: Readonly<Record<PartState["state"], string>> = {
  starting: "Starting",
  up: "Up",
  degraded: "Degraded",
  down: "Down",
  off: "Off here",
  standby: "Standing by",
};

function Part({ name, part, detail }: { name: string; part: PartState; detail: string }) {
  return (
    <section class="panel part" data-state={part.state}>
      <h2>{name}</h2>
      <strong>{WORD[part.state]}</strong>
      <p>{part.detail === null ? detail : sentence(part.detail)}</p>
    </section>
  );
}

function judge(
  { feed, bus, store, chosen, workers, repair }: Operations,
): { verdict: string; well: "yes" | "soon" | "no" } {
  const parts = [["feed", feed], ["bus", bus], ["store", store]] as const;
  const bad = (state: PartState["state"]) =>
    parts.flatMap(([name, part]) => part.state === state ? [name] : []).join(" and ");
  if (bad("down") !== "") return { verdict: `Down: ${bad("down")}`, well: "no" };
  if (bad("starting") !== "") {
    return { verdict: `Starting: waiting for ${bad("starting")}`, well: "soon" };
  }
  if (bad("degraded") === "" && chosen.state === "degraded") {
    return { verdict: "Degraded: products", well: "no" };
  }
  if (bad("degraded") !== "") return { verdict: `Degraded: ${bad("degraded")}`, well: "no" };
  if (workers !== null && workers.state !== "up") {
    return { verdict: "Degraded: web processes", well: "no" };
  }
  const open = repair?.gapsOpen ?? 0;
  if (open > 0) {
    return { verdict: `Running, repairing ${open} ${open === 1 ? "gap" : "gaps"}`, well: "yes" };
  }
  return { verdict: "Everything is running", well: "yes" };
}

function feedDetail({ connections }: Operations): string {
  const open = connections.filter(({ state }) => state === "open").length;
  return `${open} of ${connections.length} ${
    connections.length === 1 ? "connection" : "connections"
  } open`;
}

function busDetail({ queued }: Operations): string {
  return queued === 0 ? "No closed candle waits" : `${queued} closed candles wait`;
}

function storeDetail({ rates }: Operations): string {
  return rates.writtenCandles > 0 ? "Writing" : "Nothing to write";
}

function ownProducts({ connections, products }: Operations): string {
  const own = connections.reduce((total, connection) => total + connection.products, 0);
  return `${countText(own)} of ${countText(products)}`;
}
