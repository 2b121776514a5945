import type { Ink } from "../study_values.ts";

/** The chart's colours as `rgb(…)`/`rgba(…)` texts: a canvas cannot use the style sheet. */
export interface ChartPalette {
  readonly up: string;
  readonly down: string;
  readonly upFaint: string;
  readonly downFaint: string;
  readonly text: string;
  readonly line: string;
  readonly crosshair: string;
  readonly ground: string;
  /** Of a line of closes, and of the area below it. */
  readonly closes: string;
  readonly closesFaint: string;
  readonly closesFaintest: string;
  /** Of indicators' lines, distinguishable by lightness too. */
  readonly inks: Readonly<Record<Ink, string>>;
  /** The same colours as tints of the space between two lines. */
  readonly tints: Readonly<Record<Ink, string>>;
}

/** Reads the current theme from an element of the page. Browser only. */
export function chartPalette(element: Element): ChartPalette {
  const style = getComputedStyle(element);
  const color = (name: string, alpha = 1) => ink(style.getPropertyValue(name), alpha);
  const inks = (alpha: number): Record<Ink, string> => ({
    up: color("--color-up", alpha),
    down: color("--color-down", alpha),
    1: color("--color-line-1", alpha),
    2: color("--color-line-2", alpha),
    3: color("--color-line-3", alpha),
    4: color("--color-line-4", alpha),
    5: color("--color-line-5", alpha),
    6: color("--color-line-6", alpha),
    "compare-1": color("--color-compare-1", alpha),
    "compare-2": color("--color-compare-2", alpha),
    "compare-3": color("--color-compare-3", alpha),
    "compare-4": color("--color-compare-4", alpha),
    "compare-5": color("--color-compare-5", alpha),
  });
  return {
    up: color("--color-up"),
    down: color("--color-down"),
    upFaint: color("--color-up", 0.32),
    downFaint: color("--color-down", 0.32),
    text: color("--color-muted"),
    line: color("--color-line", 0.6),
    crosshair: color("--color-muted", 0.7),
    ground: color("--color-base-100"),
    closes: color("--color-base-content"),
    closesFaint: color("--color-base-content", 0.22),
    closesFaintest: color("--color-base-content", 0.02),
    inks: inks(1),
    tints: inks(0.1),
  };
}

/** The most colours that are remembered: each theme has some twenty. */
const MOST_CHANNELS = 200;
/** Colours of the style sheet as red, green and blue: reading all again for each chart takes a phone a tenth of a second. */
const channels = new Map<string, string>();

/** A colour of the style sheet as an `rgba(…)` text. */
function ink(color: string, alpha: number): string {
  let known = channels.get(color);
  if (known === undefined) {
    known = readChannels(color.trim());
    if (channels.size >= MOST_CHANNELS) channels.clear();
    channels.set(color, known);
  }
  return `rgba(${known}, ${alpha})`;
}

let pixel: CanvasRenderingContext2D | null = null;

// The style sheet uses oklch and color-mix, the chart library only sRGB: a one-pixel canvas converts colours.
function readChannels(color: string): string {
  if (pixel === null) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    pixel = canvas.getContext("2d", { willReadFrequently: true });
  }
  if (pixel === null) return "128, 128, 128";
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  return pixel.getImageData(0, 0, 1, 1).data.subarray(0, 3).join(", ");
}
