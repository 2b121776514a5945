import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Operations } from "../components/status/operations.ts";
import { StatusBoard } from "../components/status/StatusBoard.tsx";
import { keepPrintedLine } from "../components/site/browser/printed_line.ts";
import { connection } from "../lib/browser/connection.ts";

const EVERY_MS = 2000;
/** A server that hangs takes the request and never answers. */
const TIMEOUT_MS = 5000;

/** The status board, requested every two seconds while the page is visible. */
export default function LiveStatus({ first }: { first: Operations }) {
  const now = useSignal(first);
  const answers = useSignal(true);

  useEffect(() => {
    keepPrintedLine();
    let isClosed = false;
    let isLooking = false;
    const look = async () => {
      // One at a time: a late answer would take the place of a newer one.
      if (document.hidden || isLooking) return;
      isLooking = true;
      try {
        const answer = await fetch(location.pathname, {
          headers: { accept: "application/json" },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (!answer.ok) throw new Error(`the status page answered ${answer.status}`);
        now.value = await answer.json();
        answers.value = true;
        connection.value = { state: "live", dataAtMs: Date.now() };
      } catch {
        const { dataAtMs } = connection.peek();
        if (!isClosed) {
          answers.value = false;
          connection.value = { state: "stale", dataAtMs: dataAtMs ?? now.peek().atMs };
        }
      } finally {
        isLooking = false;
      }
    };
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
    void look();
    return () => {
      isClosed = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  return <StatusBoard now={now.value} answers={answers.value} />;
}
