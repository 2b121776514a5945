import { firingText } from "../../../lib/alerts/describe.ts";
import type { Firing } from "../../../lib/alerts/alert_book.ts";

const SHOWN_MS = 12_000;
/** Of more, as after an outage, the newest are shown: all are on the page of alerts. */
const MOST_SHOWN = 5;
/** How long a screen reader takes to notice a list. */
const READ_OUT_MS = 100;

/** The page's own title while an alert is in its place. */
let plainTitle: string | null = null;
let unmarking: ReturnType<typeof setTimeout> | undefined;

/**
 * Reports that an alert has fired: as a notification where that is allowed, with a sound if it has
 * one.
 */
export function announce({ alert, at, start }: Firing): void {
  const text = firingText(alert.condition, at);
  if (alert.sound) void beep();
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    // A notification with the tag of another replaces it silently: only repeats within one candle do.
    const tag = `${alert.id}-${start}`;
    const notification = new Notification(alert.product, { body: text, tag });
    notification.addEventListener("click", () => {
      focus();
      location.assign(`/products/${alert.product}`);
    });
  } catch {
    // Phones let only service workers notify.
  }
}

/** Shows on this page what has happened, and in its title until the page has the focus. */
export function showFiring(product: string, text: string): void {
  const link = document.createElement("a");
  link.href = `/products/${product}`;
  link.textContent = product;
  show(link, ` ${text}`);
  plainTitle ??= document.title;
  document.title = `● ${product} ${text}`;
  clearTimeout(unmarking);
  removeEventListener("focus", unmark);
  if (document.hasFocus()) unmarking = setTimeout(unmark, SHOWN_MS);
  else addEventListener("focus", unmark, { once: true });
}

/** Shows a sentence for a while, with a way to the list. */
export function showNote(text: string): void {
  const link = document.createElement("a");
  link.href = "/alerts";
  link.textContent = "All alerts";
  show(`${text} `, link);
}

function show(...content: (Node | string)[]): void {
  const item = document.createElement("li");
  item.append(...content);
  const list = document.querySelector(".alerts-toasts");
  if (list !== null) addTo(list, item);
  else {
    // Screen readers read out what is added to a list, and not what it has from the start.
    const made = makeList();
    setTimeout(() => addTo(made, item), READ_OUT_MS);
  }
  const end = () => {
    // Whoever is about to follow its link needs it still.
    if (item.matches(":hover, :focus-within")) setTimeout(end, SHOWN_MS);
    else item.remove();
  };
  setTimeout(end, SHOWN_MS);
}

function addTo(list: Element, item: Element): void {
  list.append(item);
  while (list.children.length > MOST_SHOWN) list.firstElementChild?.remove();
}

function unmark(): void {
  if (plainTitle !== null) document.title = plainTitle;
  plainTitle = null;
}

function makeList(): Element {
  const list = document.createElement("ul");
  list.className = "alerts-toasts";
  list.setAttribute("role", "log");
  list.setAttribute("aria-label", "Alerts");
  document.body.append(list);
  return list;
}

/** Two short tones. A browser may refuse until the page was touched. */
export async function beep(): Promise<void> {
  try {
    const context = new AudioContext();
    await context.resume();
    for (const [index, hertz] of [880, 1175].entries()) {
      const oscillator = new OscillatorNode(context, { frequency: hertz });
      const gain = new GainNode(context, { gain: 0.12 });
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(context.currentTime + 0.18 * index);
      oscillator.stop(context.currentTime + 0.18 * index + 0.14);
    }
    setTimeout(() => void context.close(), 1_000);
  } catch {
    // Without a loudspeaker there is no sound.
  }
}
