import { useSignal } from "@preact/signals";
import { Icon } from "../components/Icon.tsx";
import type { ThemeChoice } from "../components/theme.ts";
import { THEME_CHOICES, THEME_NAME, themeCookie } from "../components/theme.ts";

const LOOK = {
  light: { icon: "sun", label: "Light theme" },
  system: { icon: "system", label: "Theme of the device" },
  dark: { icon: "moon", label: "Dark theme" },
} as const;

/** Chooses the theme at once; without script the form does the same by a round trip. */
export default function ThemeSwitch({ choice, back }: { choice: ThemeChoice; back: string }) {
  const chosen = useSignal(choice);

  const choose = (event: Event, next: ThemeChoice) => {
    event.preventDefault();
    chosen.value = next;
    document.cookie = themeCookie(next);
    const name = THEME_NAME[next];
    if (name === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
  };

  return (
    <form class="theme-switch" method="post" action="/theme" aria-label="Theme">
      <input type="hidden" name="back" value={back} />
      {THEME_CHOICES.map((option) => (
        <button
          key={option}
          type="submit"
          name="theme"
          value={option}
          title={LOOK[option].label}
          aria-label={LOOK[option].label}
          aria-pressed={chosen.value === option}
          onClick={(event) => choose(event, option)}
        >
          <Icon name={LOOK[option].icon} />
        </button>
      ))}
    </form>
  );
}
