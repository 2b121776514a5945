import type { Bus } from "../bus/bus.ts";
import type { StoreMark } from "../store/store_mark.ts";

/**
 * The sequence of CLOSED_CANDLES up to which the database has every closed candle; slightly less while its mark is
 * about to move. Rejects if NATS or the database does not answer.
 */
export async function storedUpTo(
  { bus, store }: {
    readonly bus: Pick<Bus, "storeFloor">;
    readonly store: { readonly mark: Pick<StoreMark, "read"> };
  },
): Promise<number> {
  const { stream, first } = await bus.storeFloor();
  const { sequence } = await store.mark.read(stream);
  return Math.max(sequence ?? 0, first - 1);
}
