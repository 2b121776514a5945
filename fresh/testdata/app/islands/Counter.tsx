import type { Signal } from "@preact/signals";

export default function Counter({ count, step }: { count: Signal<number>; step: bigint }) {
  return (
    <button type="button" class="counter" onClick={() => (count.value += Number(step))}>
      {count} by {String(step)}
    </button>
  );
}
