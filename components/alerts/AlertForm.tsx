import { useSignal } from "@preact/signals";
import { GRANULARITIES } from "../../lib/candles/granularity.ts";
import {
  ALERT_KINDS,
  type AlertKind,
  type FormError,
  type FormFields,
  KINDS,
  NUMBER_FIELDS,
} from "./alert_form.ts";

const FIRST: readonly (readonly [string, string])[] = [
  ["granularity", "ONE_HOUR"],
  ...Object.entries(NUMBER_FIELDS).map(([name, field]): [string, string] => [name, field.first]),
];

/** Sets an alert, or changes one. Its errors stand beside the fields that they are about. */
export function AlertForm({ products, first, isEdited, isReady, errors, note, onSave, onCancel }: {
  products: readonly string[];
  first: FormFields;
  isEdited: boolean;
  /** Whether the browser runs it. */
  isReady: boolean;
  errors: readonly FormError[];
  note: string;
  /** Whether it was saved. */
  onSave: (fields: FormFields) => boolean;
  onCancel: () => void;
}) {
  const fields = useSignal<FormFields>(
    new Map([...FIRST, ["product", products[0] ?? ""], ...first]),
  );
  const kind = kindOf(fields.value.get("kind"));
  const text = (name: string) => fields.value.get(name) ?? "";
  const write = (name: string, value: string) => {
    fields.value = new Map([...fields.value, [name, value]]);
  };
  const error = (field: string) => errors.find((each) => each.field === field)?.message;
  const isLine = isEdited && first.get("kind") === "line";
  return (
    <form
      class="alerts-form panel"
      aria-label={isEdited ? "Change the alert" : "Set an alert"}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        if (!onSave(new Map([...fields.value, ["kind", kind]]))) {
          // The first that is wrong, once it is marked.
          setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
        }
      }}
    >
      <fieldset disabled={!isReady}>
        {!isLine && (
          <>
            <Field name="product" label="Product" error={error("product")}>
              <input
                id="alert-product"
                name="product"
                list="alert-products"
                autocomplete="off"
                spellcheck={false}
                value={text("product")}
                onInput={(event) => write("product", event.currentTarget.value)}
                {...marks("product", error("product"))}
              />
            </Field>
            <datalist id="alert-products">
              {products.map((id) => <option key={id} value={id} />)}
            </datalist>
            <Field name="kind" label="When" error={error("kind")}>
              <select
                id="alert-kind"
                name="kind"
                onChange={(event) => write("kind", event.currentTarget.value)}
                {...marks("kind", error("kind"))}
              >
                {Object.entries(ALERT_KINDS).map(([name, { title }]) => (
                  <option key={name} value={name} selected={name === kind}>{title}</option>
                ))}
              </select>
            </Field>
            {ALERT_KINDS[kind].fields.map((name) =>
              name === "granularity"
                ? (
                  <Field key={name} name={name} label="Of" error={error(name)}>
                    <select
                      id="alert-granularity"
                      name="granularity"
                      onChange={(event) => write(name, event.currentTarget.value)}
                      {...marks(name, error(name))}
                    >
                      {GRANULARITIES.map((each) => (
                        <option key={each} value={each} selected={each === text(name)}>
                          {granularityText(each)}
                        </option>
                      ))}
                    </select>
                  </Field>
                )
                : (
                  <Field
                    key={name}
                    name={name}
                    label={NUMBER_FIELDS[name].label}
                    error={error(name)}
                  >
                    <input
                      id={`alert-${name}`}
                      name={name}
                      inputMode={NUMBER_FIELDS[name].isWhole ? "numeric" : "decimal"}
                      autocomplete="off"
                      value={text(name)}
                      onInput={(event) => write(name, event.currentTarget.value)}
                      {...marks(name, error(name))}
                    />
                  </Field>
                )
            )}
          </>
        )}
        <label class="alerts-check">
          <input
            type="checkbox"
            name="repeats"
            checked={text("repeats") === "on"}
            onChange={(event) => write("repeats", event.currentTarget.checked ? "on" : "")}
          />
          Every time
        </label>
        <label class="alerts-check">
          <input
            type="checkbox"
            name="sound"
            checked={text("sound") === "on"}
            onChange={(event) => write("sound", event.currentTarget.checked ? "on" : "")}
          />
          With a sound
        </label>
        <button type="submit" class="btn btn-primary">
          {isEdited ? "Save" : "Set alert"}
        </button>
      </fieldset>
      {isEdited && <button type="button" class="btn" onClick={onCancel}>Cancel</button>}
      <p class="alerts-note" role="status">
        {isLine && note === ""
          ? "A drawn line is changed in its chart: its alert moves with it."
          : note}
      </p>
    </form>
  );
}

function Field({ name, label, error, children }: {
  name: string;
  label: string;
  error: string | undefined;
  children: preact.ComponentChildren;
}) {
  return (
    <div class="alerts-field">
      <label for={`alert-${name}`}>{label}</label>
      {children}
      {error !== undefined && <p class="alerts-error" id={`alert-${name}-error`}>{error}</p>}
    </div>
  );
}

function marks(name: string, error: string | undefined) {
  return error === undefined
    ? {}
    : { "aria-invalid": true as const, "aria-describedby": `alert-${name}-error` };
}

function kindOf(name: string | undefined): AlertKind {
  return KINDS.find((kind) => kind === name) ?? "price";
}

/** ONE_HOUR as "one hour", FIVE_MINUTE as "five minutes". */
function granularityText(granularity: string): string {
  const text = granularity.toLowerCase().replace("_", " ");
  return text.startsWith("one ") ? text : `${text}s`;
}
