import { Head } from "fresh/runtime";
import type { Status } from "../../app.ts";
import { EmptyState } from "./EmptyState.tsx";
import { sentence } from "./sentence.ts";

/** Shown while the catalogue is not loaded: what the page waits for. It reloads automatically. */
export function Connecting({ status }: { status: Status }) {
  const down = status.feed.state === "down";
  return (
    <>
      <Head>
        <meta http-equiv="refresh" content="3" />
      </Head>
      <div class="page">
        <EmptyState
          title={down ? "The exchange cannot be reached" : "Connecting to Coinbase…"}
          page
        >
          {!down && <span class="loading loading-dots" aria-hidden="true" />}
          <p>{sentence(status.feed.detail ?? "The list of products is being read")}</p>
          <p>This page looks again every three seconds.</p>
          {down && (
            <p>
              Without a way to Coinbase, <code>deno task demo</code>{" "}
              runs everything on a simulated exchange.
            </p>
          )}
        </EmptyState>
      </div>
    </>
  );
}
