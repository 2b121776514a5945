import { Head } from "fresh/runtime";
import { EmptyState } from "../site/EmptyState.tsx";
import type { AddressError } from "./workspace_chart.ts";
import { type WorkspaceLayout, workspaceQuery } from "./workspace_layout.ts";

/** The most errors that are shown of an address, and of each value in it: an address may hold anything. */
const MOST_ERRORS = 20;
const LONGEST_VALUE = 64;

/** For an address that is not a workspace's: its errors, and a link to the workspace without them. */
export function WorkspaceRefusal({ errors, rest }: {
  errors: readonly AddressError[];
  /** The workspace without what is wrong; null if nothing is left. */
  rest: WorkspaceLayout | null;
}) {
  const more = errors.length - MOST_ERRORS;
  return (
    <div class="page">
      <Head>
        <title>No such workspace · Spot Canvas</title>
        <meta name="robots" content="noindex" />
      </Head>
      <EmptyState title="This address is not a workspace" page>
        <ul class="workspace-errors">
          {errors.slice(0, MOST_ERRORS).map(({ parameter, value, allowed, reason }, index) => (
            <li key={index}>
              <code>{parameter}</code> cannot be <code>{shortened(value)}</code>.{" "}
              {reason ?? `Allowed is ${allowed}.`}
            </li>
          ))}
        </ul>
        {more > 0 && <p>{more} more values are wrong.</p>}
        <a
          class="btn btn-primary mt-3"
          href={rest === null ? "/workspace" : `/workspace${workspaceQuery(rest)}`}
        >
          {rest === null ? "The usual workspace" : "The workspace without them"}
        </a>
      </EmptyState>
    </div>
  );
}

function shortened(text: string): string {
  if (text === "") return "empty";
  return text.length > LONGEST_VALUE
    ? `${text.slice(0, LONGEST_VALUE).replace(/[\uD800-\uDBFF]$/, "")}…`
    : text;
}
