import { countText } from "../site/count_text.ts";
import type { RepairState } from "../../app.ts";

/** What is known to be missing, and the progress of its repair. */
export function RepairFigures({ repair, isStarting }: {
  repair: RepairState | null;
  /** Whether there will be figures: ingesting is about to begin. */
  isStarting: boolean;
}) {
  if (repair === null) {
    return (
      <p class="panel nothing">
        {isStarting ? "None yet: the feed is starting." : "This process does not ingest."}
      </p>
    );
  }
  const figures = [
    ["Open now", repair.gapsOpen],
    ["Found", repair.gapsOpened],
    ["Repaired", repair.gapsRepaired],
    ["Unrepairable so far", repair.gapsUnrepairable],
    ["Stretches of the past waiting to be repaired", repair.daysWaiting],
    ["Products not complete yet", repair.unseeded],
    ["Oldest gap, minutes ago", Math.round((repair.oldestGapMs ?? 0) / 60_000)],
    ["Pages wanted for candles being looked at", repair.pages.named],
    ["for other live candles", repair.pages.live],
    ["for ends to be proven", repair.pages.end],
    ["for the exchange’s candles", repair.pages.placeholder],
    ["for the past", repair.pages.past],
    ["to compare with the exchange", repair.pages.audit],
    ["Days of products still to be rebuilt from trades", Math.ceil(repair.past.daysLeft)],
    ["Minutes that takes, at the recent rate", minutesOf(repair.past.secondsLeft)],
    ["Products whose older trades the exchange does not show", repair.past.hidden],
  ] as const;
  return (
    <dl class="panel figure-grid">
      {figures.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count === null ? "–" : countText(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function minutesOf(seconds: number | null): number | null {
  return seconds === null ? null : Math.ceil(seconds / 60);
}
