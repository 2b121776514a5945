import { singleKeysCookie } from "../site/single_keys.ts";

/** Turns keys of a single sign on and off. `/site.js` sets the cookie; without it there are no keys. */
export function SingleKeysSwitch({ isOn }: { isOn: boolean }) {
  return (
    <form method="dialog" class="switch" aria-label="Keys of a single sign">
      {[true, false].map((choice) => (
        <button
          key={`${choice}`}
          type="submit"
          name="keys"
          value={`${choice}`}
          aria-label={`Single keys ${choice ? "on" : "off"}`}
          aria-pressed={choice === isOn ? "true" : "false"}
          data-cookie={singleKeysCookie(choice)}
          data-setting="Keyboard"
        >
          {choice ? "On" : "Off"}
        </button>
      ))}
    </form>
  );
}
