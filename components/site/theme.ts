/** What a person chose; `system` follows the device. */
export type ThemeChoice = "system" | "light" | "dark";

export const THEME_CHOICES: readonly ThemeChoice[] = ["light", "system", "dark"];

/** The cookie that keeps the choice, so that the server renders it and nothing flashes. */
export const THEME_COOKIE = "theme";

/**
 * The style sheet's name of a choice; `system` has none, the style sheet uses the device's
 * preference.
 */
export const THEME_NAME: Readonly<Record<ThemeChoice, string | undefined>> = {
  system: undefined,
  light: "paper",
  dark: "night",
};

/** Reads a choice from a form or cookie; null if it is not one. */
export function parseThemeChoice(text: unknown): ThemeChoice | null {
  return THEME_CHOICES.find((choice) => choice === text) ?? null;
}

/** The choice in a `cookie` header; `system` without one. */
export function themeOf(cookieHeader: string | null): ThemeChoice {
  const value = new RegExp(`(?:^|;\\s*)${THEME_COOKIE}=([a-z]+)`).exec(cookieHeader ?? "")?.[1];
  return parseThemeChoice(value) ?? "system";
}

/** The cookie's text, for `set-cookie` and `document.cookie` alike. A year, this site only. */
export function themeCookie(choice: ThemeChoice): string {
  return `${THEME_COOKIE}=${choice}; path=/; max-age=31536000; samesite=lax`;
}
