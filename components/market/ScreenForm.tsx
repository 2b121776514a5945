import { CHOICES } from "./market_columns.ts";
import type { MarketOrder } from "./market_order.ts";
import type { MarketView } from "./market_view.ts";
import { writeMarketView } from "./market_view.ts";
import type { Range, Screen, ScreenError } from "./screen.ts";
import { DEFAULT_SCREEN, PRESETS, writeScreen } from "./screen.ts";

/** Screens that have a name, and what makes one's own: which columns, and which values in them. Works without script. */
export function ScreenForm(
  { screen, order, view, errors }: {
    screen: Screen;
    order: MarketOrder;
    view: MarketView;
    errors: readonly ScreenError[];
  },
) {
  const kept = new URLSearchParams();
  writeMarketView(kept, view);
  const isOwn = screen.ranges.length > 0 || screen.columns !== DEFAULT_SCREEN.columns;
  const current = queryOf(screen);
  return (
    <div class="screen">
      <nav aria-label="Screens">
        {PRESETS.map(({ title, query }) => (
          <a
            key={title}
            href={`?${query}${query === "" || kept.size === 0 ? "" : "&"}${kept}`}
            data-setting="Markets"
            data-chosen={isPreset(query, current) ? "" : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <details open={errors.length > 0}>
        <summary data-setting="Markets">
          Columns and filters
          {isOwn && <span class="sr-only">, changed</span>}
        </summary>
        <form method="get" action="/" class="screen-form">
          <table>
            <caption class="sr-only">
              Columns of the table, and values that products must have
            </caption>
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">At least</th>
                <th scope="col">At most</th>
                <th scope="col">Unit</th>
              </tr>
            </thead>
            <tbody>
              {CHOICES.map((column) => {
                const range = screen.ranges.find((one) => one.column === column.name);
                const title = `${"over" in column ? column.over : ""}${column.title}`;
                return (
                  <tr key={column.name}>
                    <th scope="row">
                      <label title={column.is}>
                        <input
                          type="checkbox"
                          name="cols"
                          value={column.name}
                          checked={screen.columns.includes(column.name)}
                        />
                        {title}
                      </label>
                    </th>
                    {"unit" in column
                      ? (
                        <>
                          <Bound name={column.name} title={title} end="min" value={range} />
                          <Bound name={column.name} title={title} end="max" value={range} />
                          <td>{column.unit}</td>
                        </>
                      )
                      : <td colspan={3} />}
                  </tr>
                );
              })}
            </tbody>
          </table>
          {[...kept].map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <input type="hidden" name="sort" value={order.sort} />
          <input type="hidden" name="order" value={order.descending ? "desc" : "asc"} />
          <p>
            <button type="submit" class="btn btn-primary">Show</button>
            <a class="btn" href={kept.size === 0 ? "/" : `/?${kept}`}>Reset</a>
          </p>
        </form>
      </details>
      {errors.length > 0 && (
        <ul class="screen-errors" role="alert">
          {errors.map(({ parameter, value, allowed }) => (
            <li key={`${parameter} ${value}`}>
              <code>{parameter}</code>: “{value}” cannot be used; allowed is {allowed}.
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Bound(
  { name, title, end, value }: {
    name: string;
    title: string;
    end: "min" | "max";
    value: Range | undefined;
  },
) {
  return (
    <td>
      <input
        type="text"
        inputmode="decimal"
        name={`${name}_${end}`}
        aria-label={`${title}, at ${end === "min" ? "least" : "most"}`}
        value={(end === "min" ? value?.least : value?.most) ?? ""}
      />
    </td>
  );
}

function queryOf(screen: Screen): URLSearchParams {
  const query = new URLSearchParams();
  writeScreen(query, screen);
  return query;
}

/** Whether a preset's columns and ranges are those that are shown. */
function isPreset(text: string, current: URLSearchParams): boolean {
  const query = new URLSearchParams(text);
  const own = [...query].filter(([name]) => name !== "sort" && name !== "order");
  const columns = (one: URLSearchParams) => (one.get("cols") ?? "").split(",").sort().join();
  return own.length === current.size && columns(query) === columns(current) &&
    own.every(([name, value]) => name === "cols" || current.get(name) === value);
}
