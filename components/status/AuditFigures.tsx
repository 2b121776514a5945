import { countText } from "../site/count_text.ts";
import type { AuditDifference, AuditState } from "../../app.ts";
import { startText } from "../site/utc_time.ts";

/** How exact candles compare with the exchange's own, and where they differ. */
export function AuditFigures({ audit }: { audit: AuditState }) {
  const { counts, standing, newest } = audit;
  const figures = [
    ["Compared and equal", counts.equal],
    ["Different when first compared", counts.different],
    ["Still different an hour later", counts.confirmed],
    ["Revised by the exchange since", counts.resolved],
    ["Differing now", standing],
  ] as const;
  return (
    <>
      <dl class="panel figure-grid">
        {figures.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{countText(count)}</dd>
          </div>
        ))}
      </dl>
      {newest.length > 0 && <Differences newest={newest} />}
    </>
  );
}

function Differences({ newest }: { newest: readonly AuditDifference[] }) {
  return (
    <div class="panel scroller" role="region" aria-labelledby="audit" tabindex={0}>
      <table class="status-table" aria-labelledby="audit">
        <thead>
          <tr>
            {["Candle", "State", "Ours: open, high, low, close, volume", "The exchange’s"]
              .map((title) => <th key={title} scope="col">{title}</th>)}
          </tr>
        </thead>
        <tbody>
          {newest.map((one) => (
            <tr key={`${one.product} ${one.granularity} ${one.start}`}>
              <th scope="row">
                {one.product} {one.granularity} {startText(one.start, one.granularity)}
              </th>
              <td>{one.state === "open" ? "to be compared again" : one.state}</td>
              <td>{one.ours ?? "none"}</td>
              <td>{one.exchanges ?? "none"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
