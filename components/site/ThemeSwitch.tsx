import { Icon } from "./Icon.tsx";
import type { ThemeChoice } from "./theme.ts";
import { THEME_CHOICES, THEME_NAME, themeCookie } from "./theme.ts";

const LOOK = {
  light: {
    label: "Light theme",
    icon:
      "M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3M8 4.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4z",
  },
  system: { label: "Theme of the device", icon: "M2 3h12v8H2zM5.5 14h5M8 11v3" },
  dark: {
    label: "Dark theme",
    icon: "M13.5 9.6A5.9 5.9 0 0 1 6.4 2.5 5.9 5.9 0 1 0 13.5 9.6z",
  },
} as const;

/**
 * Chooses the theme: a form that works without script. `/site.js` sets the same cookie and
 * attribute from the buttons' data, without a request.
 */
export function ThemeSwitch(
  { choice, back, class: className }: {
    choice: ThemeChoice;
    /** Path and query of this page. */
    back: string;
    class?: string;
  },
) {
  return (
    <form
      class={`theme-switch ${className ?? ""}`}
      method="post"
      action="/theme"
      aria-label="Theme"
    >
      <input type="hidden" name="back" value={back} />
      {THEME_CHOICES.map((option) => (
        <button
          key={option}
          type="submit"
          name="theme"
          value={option}
          title={LOOK[option].label}
          aria-label={LOOK[option].label}
          aria-pressed={option === choice ? "true" : "false"}
          data-cookie={themeCookie(option)}
          data-theme-name={THEME_NAME[option]}
          data-setting="Appearance"
        >
          <Icon path={LOOK[option].icon} />
        </button>
      ))}
    </form>
  );
}
