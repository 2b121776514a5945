import { countText } from "../site/count_text.ts";
import type { WorkerState } from "../../app.ts";

/** The web processes as a table; those that do not serve are marked by shape and word. */
export function WorkerTable(
  { workers, labelledBy }: { workers: readonly WorkerState[]; labelledBy: string },
) {
  return (
    <div class="panel scroller" role="region" aria-labelledby={labelledBy} tabindex={0}>
      <table class="status-table" aria-labelledby={labelledBy}>
        <thead>
          <tr>
            {["Worker", "State", "Streams", "Process id", "Started again", "Last error"]
              .map((title) => <th key={title} scope="col">{title}</th>)}
          </tr>
        </thead>
        <tbody>{workers.map((worker) => <Row key={worker.number} worker={worker} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ worker }: { worker: WorkerState }) {
  const { number, state, detail, pid, streams, restarts } = worker;
  return (
    <tr>
      <th scope="row">{number}</th>
      <td class="state" data-state={state === "up" ? "open" : state}>{state}</td>
      <td>{countText(streams)}</td>
      <td>{pid ?? "–"}</td>
      <td>{countText(restarts)}</td>
      <td>{detail ?? "none"}</td>
    </tr>
  );
}
