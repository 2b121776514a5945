import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Whether the browser may notify, and a button that requests it. Without, pages and their titles still show alerts. */
export function Permission() {
  const state = useSignal<NotificationPermission | "none" | null>(null);
  useEffect(() => {
    state.value = typeof Notification === "undefined" || !isSecureContext
      ? "none"
      : Notification.permission;
  }, []);
  switch (state.value) {
    case null:
      return <p class="alerts-permission"></p>;
    case "default":
      return (
        <p class="alerts-permission">
          Alerts are shown on open pages and in their titles.{" "}
          <button
            type="button"
            class="btn btn-sm"
            data-setting="Alerts"
            onClick={async () => state.value = await Notification.requestPermission()}
          >
            Allow notifications
          </button>
        </p>
      );
    case "granted":
      return <p class="alerts-permission">Alerts come as notifications too.</p>;
    case "denied":
      return (
        <p class="alerts-permission">
          This browser does not let us notify: alerts are shown on open pages and in their titles.
        </p>
      );
    case "none":
      return (
        <p class="alerts-permission">
          Notifications need HTTPS: alerts are shown on open pages and in their titles.
        </p>
      );
  }
}
