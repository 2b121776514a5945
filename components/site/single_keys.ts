/**
 * The cookie's value once keys of a single sign, which may be pressed or dictated by mistake, are
 * turned off.
 */
export const SINGLE_KEYS_OFF = "keys=off";

/** Whether keys of a single sign are on by these cookies, in the form of a header or of the browser. */
export function singleKeysOn(cookies: string): boolean {
  return !cookies.includes(SINGLE_KEYS_OFF);
}

/** The cookie that turns them on or off. A year, this site only. */
export function singleKeysCookie(isOn: boolean): string {
  const lasting = isOn ? "keys=on; max-age=0" : `${SINGLE_KEYS_OFF}; max-age=31536000`;
  return `${lasting}; path=/; samesite=lax`;
}
