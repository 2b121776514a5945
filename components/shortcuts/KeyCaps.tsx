import { Fragment } from "preact";
import { allCaps } from "./key_caps.ts";

/** Any of some keys, as they are written on a keyboard. */
export function KeyCaps({ keys }: { keys: readonly string[] }) {
  return (
    <>
      {allCaps(keys).map((caps, index) => (
        <Fragment key={caps.join()}>
          {index > 0 && <span class="key-or">or</span>}
          <span class="key-chord">
            {caps.map((cap) => <kbd key={cap}>{cap}</kbd>)}
          </span>
        </Fragment>
      ))}
    </>
  );
}
