import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AlertForm } from "../components/alerts/AlertForm.tsx";
import { AlertList } from "../components/alerts/AlertList.tsx";
import { FiringList } from "../components/alerts/FiringList.tsx";
import {
  fieldsOf,
  type FormError,
  type FormFields,
  readAlertForm,
  readManner,
} from "../components/alerts/alert_form.ts";
import {
  ALERTS_KEY,
  AlertStore,
  FIRED_KEY,
  type KeptFiring,
  newAlertId,
  NOT_KEPT,
} from "../components/alerts/browser/alert_store.ts";
import { Permission } from "../components/alerts/Permission.tsx";
import { focusSoon } from "../components/site/browser/keep_focus.ts";
import type { Alert } from "../lib/alerts/alert.ts";
import { loadPatiently } from "../lib/browser/load_patiently.ts";
import { reportLastingConnection } from "../lib/browser/report_connection.ts";

export interface AlertsProps {
  readonly products: readonly string[];
  /** The form's initial values, from the address. */
  readonly first: Readonly<Record<string, string>>;
}

/** Keys of the storage that the page shows; null is all of them. */
const SHOWN: readonly (string | null)[] = [ALERTS_KEY, FIRED_KEY, null];

/** The alerts of this browser: existing ones, what happened, and a form for a new one. */
export default function Alerts({ products, first }: AlertsProps) {
  const store = useSignal<AlertStore | null>(null);
  const alerts = useSignal<readonly Alert[]>([]);
  const firings = useSignal<readonly KeptFiring[]>([]);
  const edited = useSignal<Alert | null>(null);
  const errors = useSignal<readonly FormError[]>([]);
  const note = useSignal("");

  const read = (event?: StorageEvent) => {
    // How far alerts are judged is kept each second, and is not shown.
    if (event !== undefined && !SHOWN.includes(event.key)) return;
    alerts.value = store.value?.alerts() ?? [];
    firings.value = store.value?.firings() ?? [];
  };
  /**
   * Other pages are notified by the browser, and the code that judges alerts on this one gets the
   * same event.
   */
  const changed = (key: string) => dispatchEvent(new StorageEvent("storage", { key }));

  useEffect(() => {
    store.value = new AlertStore(() => localStorage);
    read();
    void loadPatiently(() => import("../components/alerts/browser/watch_alerts.ts"))
      .then(({ watchAlerts }) => watchAlerts(reportLastingConnection));
    addEventListener("storage", read);
    return () => removeEventListener("storage", read);
  }, []);

  /** The form is another one from here on: the focus returns to where the alert was chosen. */
  const leaveEdit = () => {
    if (edited.value === null) return;
    focusSoon(`[data-alert="${CSS.escape(edited.value.id)}"] [data-edit]`);
    edited.value = null;
    errors.value = [];
  };

  const save = (fields: FormFields) => {
    const before = edited.value;
    const found = before?.condition.kind === "line"
      ? { alert: { ...before, ...readManner(fields), isOn: true } }
      : readAlertForm(fields, products, before?.id ?? newAlertId());
    errors.value = "errors" in found ? found.errors : [];
    note.value = "";
    if (!("alert" in found) || store.value === null) return false;
    if (!store.value.put(found.alert)) {
      note.value = NOT_KEPT;
      return false;
    }
    note.value = before === null ? "Set." : "Changed.";
    leaveEdit();
    changed(ALERTS_KEY);
    return true;
  };

  return (
    <>
      <Permission />
      <AlertForm
        key={edited.value?.id ?? "new"}
        products={products}
        first={edited.value === null ? new Map(Object.entries(first)) : fieldsOf(edited.value)}
        isEdited={edited.value !== null}
        isReady={store.value !== null}
        errors={errors.value}
        note={note.value}
        onSave={save}
        onCancel={leaveEdit}
      />
      <AlertList
        alerts={alerts.value}
        onTurn={({ id }, isOn) => {
          store.value?.turn(id, isOn);
          changed(ALERTS_KEY);
        }}
        onEdit={(alert) => {
          edited.value = alert;
          errors.value = [];
          note.value = "";
          focusSoon(".alerts-form :is(input, select)");
        }}
        onRemove={({ id }) => {
          store.value?.remove(id);
          if (edited.value?.id === id) edited.value = null;
          changed(ALERTS_KEY);
        }}
      />
      <FiringList
        firings={firings.value}
        onClear={() => {
          store.value?.clearFirings();
          focusSoon(".alerts-form :is(input, select)");
          changed(FIRED_KEY);
        }}
      />
    </>
  );
}
