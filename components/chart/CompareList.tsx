import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { parseProductId, type ProductId } from "../../lib/candles/product.ts";
import { quoted } from "../../lib/indicators/quoted.ts";
import { fetchProducts, type ListedProduct } from "./browser/listed_products.ts";
import { MAX_COMPARED } from "./chart_view.ts";
import { compareInk } from "./study_values.ts";

/** Chooses products to compare a chart with, by their ids. */
export function CompareList(
  { productId, chosen, onChoose }: {
    productId: ProductId;
    chosen: readonly ProductId[];
    onChoose: (products: readonly ProductId[]) => void;
  },
) {
  const listed = useSignal<readonly ListedProduct[]>([]);
  const problem = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const reading = useRef<Promise<void>>();
  useEffect(() => {
    const left = new AbortController();
    // Without the list a product can still be typed.
    reading.current = fetchProducts(left.signal).then((products) => {
      listed.value = products;
    }, () => {});
    return () => left.abort();
  }, []);
  const add = async () => {
    // Before the list is loaded, a product that does not exist cannot be detected.
    await reading.current;
    const input = field.current;
    if (input === null) return;
    const written = input.value.trim().toUpperCase();
    const found = listed.value.find(({ id }) => id === written || id === `${written}-USD`);
    const id = found?.id ?? parseProductId(written);
    problem.value = refusal(id, written);
    if (id === null || problem.value !== "") return;
    input.value = "";
    onChoose([...chosen, id]);
  };
  const refusal = (id: ProductId | null, written: string): string => {
    const isKnown = listed.value.length === 0 || listed.value.some((one) => one.id === id);
    if (id === null || !isKnown) return `There is no product ${quoted(written)}.`;
    if (id === productId) return "A product is not compared with itself.";
    if (chosen.includes(id)) return `${id} is there already.`;
    return chosen.length < MAX_COMPARED ? "" : `At most ${MAX_COMPARED} products can be compared.`;
  };
  return (
    <>
      <form
        class="compare-form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          ref={field}
          type="text"
          list={list}
          aria-label="Product to compare with"
          placeholder="ETH-USD"
          autocomplete="off"
          spellcheck={false}
        />
        <datalist id={list}>
          {listed.value.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </datalist>
        <button type="submit">Add</button>
      </form>
      {chosen.map((id, place) => (
        <div key={id} class="menu-row">
          <span class="compared">
            <i class={`ink-${compareInk(place)}`} />
            {id}
          </span>
          <button
            type="button"
            aria-label={`Remove ${id}`}
            title={`Remove ${id}`}
            onClick={() => {
              // This button is about to be removed, which would lose the focus.
              field.current?.focus();
              onChoose(chosen.filter((one) => one !== id));
            }}
          >
            ×
          </button>
        </div>
      ))}
      <p class="menu-hint">In percent from the first candle in sight.</p>
      <p class="menu-problem" role="status">{problem}</p>
    </>
  );
}
