import { useEffect } from "preact/hooks";
import type { WorkspaceProps } from "../components/workspace/Workspace.tsx";
import { connection } from "../lib/browser/connection.ts";

/**
 * Makes the page's workspace live. It stays the server's until the chart library is loaded, together with all code that
 * needs it; its stream begins where the server's candles end.
 */
export default function LiveWorkspace(props: WorkspaceProps) {
  useEffect(() => {
    let stop = () => {};
    let isGone = false;
    connection.value = { state: "connecting", dataAtMs: null };
    import("../components/workspace/live_workspace.tsx").then(({ showLiveWorkspace }) => {
      // In a separate task, after the one in which the code has just been run: the page handles
      // clicks in between.
      setTimeout(() => {
        if (!isGone) stop = showLiveWorkspace(props);
      });
    }, () => {
      connection.value = { state: "stale", dataAtMs: null };
      const note = document.querySelector(".workspace-note");
      if (note !== null) {
        note.textContent = "The live charts could not be loaded. These are as old as the page.";
      }
    });
    return () => {
      isGone = true;
      stop();
    };
  }, []);

  return null;
}
