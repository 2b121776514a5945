const LOCK = "spot-canvas-alerts";
const CLAIM_KEY = "alerts.judge";
const RENEW_MS = 2_000;
/** Longer than a hidden tab's timers may be delayed, so that its claim outlives them. */
const EXPIRES_MS = 75_000;

/**
 * Runs something in one of a browser's tabs at a time, and in another as soon as that one is closed. Returns a function
 * that stops it. On secure origins a lock of the browser ensures this, and keeps the tab from being frozen; elsewhere a
 * claim in the storage does, which is renewed.
 */
export function inOneTab(run: () => () => void): () => void {
  const stop = new AbortController();
  if (navigator.locks !== undefined) {
    navigator.locks.request(LOCK, { signal: stop.signal }, () => {
      const end = run();
      return new Promise<void>((resolve) => {
        stop.signal.addEventListener("abort", () => {
          end();
          resolve();
        });
      });
    }).catch(() => {
      // Stopped while it waited.
    });
  } else {
    claim(run, stop.signal);
  }
  return () => stop.abort();
}

function claim(run: () => () => void, signal: AbortSignal): void {
  const mine = Math.random().toString(36).slice(2);
  let end: (() => void) | null = null;
  const look = () => {
    const [holder, until] = (read() ?? "").split(" ");
    const isFree = holder === mine || !(Number(until) > Date.now());
    if (isFree) localStorage.setItem(CLAIM_KEY, `${mine} ${Date.now() + EXPIRES_MS}`);
    // If two tabs claim the role together, the last writer gets it: the next check shows which one.
    if (holder === mine) end ??= run();
    else if (!isFree) giveUp();
  };
  const giveUp = () => {
    end?.();
    end = null;
  };
  const release = () => {
    if (read()?.startsWith(mine)) localStorage.removeItem(CLAIM_KEY);
    giveUp();
  };
  const timer = setInterval(() => guarded(look), RENEW_MS);
  guarded(look);
  addEventListener("pagehide", () => guarded(release), { signal });
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    guarded(release);
  });
}

function read(): string | null {
  return localStorage.getItem(CLAIM_KEY);
}

function guarded(run: () => void): void {
  try {
    run();
  } catch {
    // A browser that keeps nothing has no alerts.
  }
}
