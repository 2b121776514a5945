import { openStore, type Store, type StoreLog } from "./store.ts";

/** For tests: writes nothing. */
export const SILENT: StoreLog = { info() {}, warn() {}, error() {} };

/** For tests: a store that is ready; the caller closes it. */
export async function openReadyStore(url: string): Promise<Store> {
  const store = await openStore(url, { log: SILENT });
  await store.ready();
  return store;
}
