import type { FeedConnection } from "../../app.ts";
import { durationText } from "./figure_text.ts";

/** The feed's connections as a table; those that are not open are marked by shape and word. */
export function StatusConnections(
  { connections, isStarting, labelledBy }: {
    connections: readonly FeedConnection[];
    /** Whether there will be some: the feed is about to be opened. */
    isStarting: boolean;
    labelledBy: string;
  },
) {
  if (connections.length === 0) {
    return (
      <p class="panel nothing">
        {isStarting ? "None yet: the feed is starting." : "This process has no feed connection."}
      </p>
    );
  }
  return (
    <div class="panel scroller" role="region" aria-labelledby={labelledBy} tabindex={0}>
      <table class="status-table" aria-labelledby={labelledBy}>
        <thead>
          <tr>
            {["Connection", "State", "Products", "Sending", "Last message", "Last error"]
              .map((title) => <th key={title} scope="col">{title}</th>)}
          </tr>
        </thead>
        <tbody>
          {connections.map((connection) => <Row key={connection.number} connection={connection} />)}
        </tbody>
      </table>
    </div>
  );
}

function Row({ connection }: { connection: FeedConnection }) {
  const { number, state, products, ready, refused, attempts, lastMessageAgeMs, lastError } =
    connection;
  const retrying = attempts > 1 ? `, attempt ${attempts}` : "";
  return (
    <tr>
      <th scope="row">{number}</th>
      <td class="state" data-state={state}>{state + retrying}</td>
      <td>{products}</td>
      <td>{refused.length === 0 ? ready : `${ready}, ${refused.length} refused`}</td>
      <td>{lastMessageAgeMs === null ? "–" : `${durationText(lastMessageAgeMs)} ago`}</td>
      <td>{lastError ?? "none"}</td>
    </tr>
  );
}
