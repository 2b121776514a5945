import { printedText } from "../printed_text.ts";

/**
 * Has the line below a printed page name the page's address and time as of printing: settings that are chosen later
 * are kept in the address. Not among a page's first scripts. Browser only.
 */
export function keepPrintedLine(): void {
  addEventListener("beforeprint", () => {
    const line = document.querySelector<HTMLElement>(".printed");
    if (line !== null) line.dataset.text = printedText(location.href, Date.now());
  });
}
