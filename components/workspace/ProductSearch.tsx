import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { shortMultiple } from "../../lib/candles/multiple.ts";
import { keyAction } from "../site/key_action.ts";
import type { LiveWorkspaceParts } from "./live_workspace_parts.ts";
import { type ChartChoice, chartChoices, type FindableProduct } from "./product_matches.ts";
import { SEARCH_KEYS } from "./workspace_keys.ts";

export interface SearchRequest {
  /** The chart's place in the grid, from 1. */
  readonly number: number;
  /** What has been typed already. */
  readonly text: string;
}

/** Finds another product or granularity for a chart by typing. */
export function ProductSearch({ request, live, onChoose, onClose }: {
  /** Null while nothing is searched for. */
  request: SearchRequest | null;
  live: LiveWorkspaceParts | undefined;
  onChoose: (choice: ChartChoice) => void;
  onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useSignal("");
  const at = useSignal(0);
  const products = useSignal<readonly FindableProduct[] | null>(null);
  const isFailing = useSignal(false);
  /** Enter was pressed before the products were loaded: it chooses the first one once they are. */
  const isAwaited = useRef(false);

  // Before the next key, not after the next frame: what is typed meanwhile belongs to the field.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null || request === null) return;
    text.value = request.text;
    at.value = 0;
    if (!element.open) element.showModal();
    const field = element.querySelector("input");
    field?.setSelectionRange(request.text.length, request.text.length);
    live?.products().then((all) => {
      products.value = all;
      isFailing.value = false;
      if (isAwaited.current) choose(chartChoices(text.value, all)[0]);
      isAwaited.current = false;
    }, () => isFailing.value = true);
  }, [request]);

  const choices = chartChoices(text.value, products.value ?? []);
  const choose = (choice: ChartChoice | undefined) => {
    if (choice === undefined) return;
    onChoose(choice);
    dialog.current?.close();
  };
  return (
    <dialog
      class="product-search"
      ref={dialog}
      aria-label={`Product or granularity of chart ${request?.number ?? 1}`}
      onClose={() => {
        isAwaited.current = false;
        onClose();
      }}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Product or granularity"
        aria-expanded={choices.length > 0 ? "true" : "false"}
        aria-controls="choices"
        aria-autocomplete="list"
        aria-activedescendant={choices.length > 0 ? `choice-${at.value}` : undefined}
        placeholder="Bitcoin, ETH-USD, 4h, 90m …"
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
          at.value = 0;
          isAwaited.current = false;
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const action = keyAction(SEARCH_KEYS, event);
          if (action === null) return;
          event.preventDefault();
          if (action === "choose") {
            isAwaited.current = choices.length === 0 && products.value === null;
            choose(choices[at.value]);
          } else if (action === "close") dialog.current?.close();
          else if (choices.length > 0) {
            const step = action === "next" ? 1 : -1;
            at.value = (at.value + step + choices.length) % choices.length;
          }
        }}
      />
      <ul id="choices" role="listbox" aria-label="Found">
        {choices.map((choice, index) => (
          <li
            key={index}
            id={`choice-${index}`}
            role="option"
            aria-selected={index === at.value ? "true" : "false"}
            onPointerMove={() => at.value = index}
            onClick={() => choose(choice)}
          >
            <Choice choice={choice} />
          </li>
        ))}
      </ul>
      <p role="status">{saidOf(choices, products.value, isFailing.value)}</p>
    </dialog>
  );
}

function Choice({ choice }: { choice: ChartChoice }) {
  return choice.kind === "product"
    ? (
      <>
        <b>{choice.product.id}</b> <span>{choice.product.name}</span>
      </>
    )
    : (
      <>
        <b>{shortMultiple(choice.multiple)}</b> <span>candles</span>
      </>
    );
}

function saidOf(
  choices: readonly ChartChoice[],
  products: readonly FindableProduct[] | null,
  isFailing: boolean,
): string {
  if (isFailing) return "The list of products cannot be reached at the moment.";
  if (choices.length > 0) return "";
  return products === null ? "Loading…" : "No product and no granularity is so called.";
}
