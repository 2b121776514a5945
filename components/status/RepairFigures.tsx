import type { RepairState } from "../../app.ts";

/** What is known to be missing, and what became of what was. */
export function RepairFigures({ repair }: { repair: RepairState | null }) {
  if (repair === null) return <p class="panel nothing">This process does not ingest.</p>;
  const figures = [
    ["Open now", repair.gapsOpen],
    ["Found", repair.gapsOpened],
    ["Repaired", repair.gapsRepaired],
    ["Unrepairable so far", repair.gapsUnrepairable],
    ["Days waiting to be repaired", repair.daysWaiting],
    ["Products not complete yet", repair.unseeded],
    ["Oldest gap, minutes ago", Math.round((repair.oldestGapMs ?? 0) / 60_000)],
    ["Pages wanted for candles being looked at", repair.pages.named],
    ["for other live candles", repair.pages.live],
    ["for ends to be proven", repair.pages.end],
    ["for the exchange's candles", repair.pages.placeholder],
    ["for the past", repair.pages.past],
    ["to compare with the exchange", repair.pages.audit],
  ] as const;
  return (
    <dl class="panel figure-grid">
      {figures.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count.toLocaleString("en-US")}</dd>
        </div>
      ))}
    </dl>
  );
}
