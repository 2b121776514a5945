import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Operations } from "../components/status/operations.ts";
import { StatusBoard } from "../components/status/StatusBoard.tsx";
import { connection } from "../lib/browser/connection.ts";

const EVERY_MS = 2000;

/** The status board, requested every two seconds while the page is visible. */
export default function LiveStatus({ first }: { first: Operations }) {
  const now = useSignal(first);
  const answers = useSignal(true);

  useEffect(() => {
    const closed = new AbortController();
    const look = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(location.pathname, {
          headers: { accept: "application/json" },
          signal: closed.signal,
        });
        now.value = await answer.json();
        answers.value = true;
        connection.value = { state: "live", dataAtMs: Date.now() };
      } catch {
        const { dataAtMs } = connection.peek();
        if (!closed.signal.aborted) {
          answers.value = false;
          connection.value = { state: "stale", dataAtMs: dataAtMs ?? now.peek().atMs };
        }
      }
    };
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
    void look();
    return () => {
      closed.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);

  return <StatusBoard now={now.value} answers={answers.value} />;
}
