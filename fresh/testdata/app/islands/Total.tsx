import type { Signal } from "@preact/signals";
import { Head, IS_BROWSER } from "fresh/runtime";
import { useEffect, useState } from "preact/hooks";

export function Total({ count, since }: { count: Signal<number> | undefined; since: Date }) {
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return (
    <output class="total" data-hydrated={hydrated && IS_BROWSER} data-year={since.getUTCFullYear()}>
      <Head>
        <meta name="total" content={String(count?.value)} />
      </Head>
      total {count}
    </output>
  );
}
