import type { PartState } from "../../app.ts";
import { Icon } from "./Icon.tsx";
import { sentence } from "./sentence.ts";

/** A notice that history is missing while the database is down; nothing otherwise. */
export function StoreNotice({ store }: { store: PartState }) {
  if (store.state !== "down" && store.state !== "degraded") return null;
  return (
    <div class="alert alert-warning alert-soft mt-4" role="status">
      <Icon path="M8 2 15 14H1zM8 6.5V10M8 12v.1" class="size-5" />
      <span>
        History is not available at the moment. {store.detail !== null && sentence(store.detail)}
        {" "}
        Live prices continue, and nothing is lost.
      </span>
    </div>
  );
}
