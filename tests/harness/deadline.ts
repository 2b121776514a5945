import { runInThisContext } from "node:vm";

// Loaded before every test file (`--preload` in tasks/test.ts): gives each test a deadline, so that a behaviour that is
// broken fails under its name, and the other tests still run. A test names what it waits for
// itself, with `until`.

/** Less than what a test file may be silent for; a test that takes longer states its own `timeout`. */
const TIMEOUT_MS = 270_000;

// Deno reports a test where it was registered, which is here, unless the script's name is that of a part of Deno.
const withTimeout: (register: typeof Deno.test, timeout: number) => object = runInThisContext(
  `(register, timeout) => (...args) => {
    const at = args.findIndex((given) => typeof given === "object" && given !== null);
    if (at >= 0) args[at] = { timeout, ...args[at] };
    else args.splice(-1, 0, { timeout });
    return register(...args);
  }`,
  { filename: "ext:deadline.js" },
);

Object.assign(Deno, { test: Object.assign(withTimeout(Deno.test, TIMEOUT_MS), Deno.test) });
