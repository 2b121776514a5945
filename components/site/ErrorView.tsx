import { Head } from "fresh/runtime";
import { sentence } from "./sentence.ts";
import { EmptyState } from "./EmptyState.tsx";

/** Every error page, in plain words; details are in the log, under the request's id. */
export function ErrorView(
  { status, path, requestId, note }: {
    status: number;
    path: string;
    requestId: string | undefined;
    /** The known reason, in place of the usual text. */
    note?: string;
  },
) {
  const { title, text } = wording(status, path);
  return (
    <>
      <Head>
        <title>{`${title} · Spot Canvas`}</title>
        <meta name="robots" content="noindex" />
      </Head>
      <div class="page">
        <EmptyState title={title} page>
          <p>{note === undefined ? text : sentence(note)}</p>
          {status >= 500 && requestId !== undefined && (
            <p>
              It is in the log as request <code>{requestId}</code>.
            </p>
          )}
          <a class="btn btn-primary mt-3" href="/">All markets</a>
        </EmptyState>
      </div>
    </>
  );
}

function wording(status: number, path: string): { title: string; text: string } {
  if (status === 404 && path.startsWith("/products/")) {
    return {
      title: "No such product",
      text: "It is not traded, or this server does not follow it. Products are named like BTC-USD.",
    };
  }
  if (status === 404) {
    return {
      title: "Nothing here",
      text: "This address leads nowhere. It may have been mistyped.",
    };
  }
  if (status === 503) {
    return {
      title: "Not ready yet",
      text: "Something this page needs is starting. Try again soon.",
    };
  }
  return status < 500
    ? { title: "That did not work", text: `The request was refused (${status}).` }
    : { title: "Something broke", text: "The fault is the server’s, and it has been logged." };
}
