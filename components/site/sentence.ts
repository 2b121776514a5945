/** A detail as it comes from a part of the app, ended by exactly one full stop. */
export function sentence(text: string): string {
  return `${text.trim().replace(/\.+$/, "")}.`;
}
