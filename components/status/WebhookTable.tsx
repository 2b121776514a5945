import { countText } from "../site/count_text.ts";
import type { WebhookState } from "../../app.ts";

/** The operator's webhooks as a table; those whose receivers accept nothing are marked by shape and word. */
export function WebhookTable(
  { webhooks, labelledBy }: { webhooks: readonly WebhookState[]; labelledBy: string },
) {
  return (
    <div class="panel scroller" role="region" aria-labelledby={labelledBy} tabindex={0}>
      <table class="status-table" aria-labelledby={labelledBy}>
        <thead>
          <tr>
            {["Webhook", "State", "Delivered", "Waiting", "Failed", "Set aside", "Last error"]
              .map((title) => <th key={title} scope="col">{title}</th>)}
          </tr>
        </thead>
        <tbody>{webhooks.map((webhook) => <Row key={webhook.name} webhook={webhook} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ webhook }: { webhook: WebhookState }) {
  const { name, state, detail, delivered, waiting, failed, setAside } = webhook;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="state" data-state={state === "up" ? "open" : state}>{state}</td>
      <td>{countText(delivered)}</td>
      <td>{waiting === null ? "–" : countText(waiting)}</td>
      <td>{countText(failed)}</td>
      <td>{countText(setAside)}</td>
      <td>{detail ?? "none"}</td>
    </tr>
  );
}
