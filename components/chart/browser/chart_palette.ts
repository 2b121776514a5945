/** The chart's colours as `rgb(…)`/`rgba(…)` texts: a canvas knows nothing of the style sheet. */
export interface ChartPalette {
  readonly up: string;
  readonly down: string;
  readonly upFaint: string;
  readonly downFaint: string;
  readonly text: string;
  readonly line: string;
  readonly crosshair: string;
  readonly ground: string;
  /** For lines over the candles, told apart by lightness too. */
  readonly lines: readonly string[];
}

/** Reads the theme in force from an element of the page. Browser only. */
export function chartPalette(element: Element): ChartPalette {
  const style = getComputedStyle(element);
  const ink = inkReader();
  const color = (name: string, alpha = 1) => ink(style.getPropertyValue(name), alpha);
  return {
    up: color("--color-up"),
    down: color("--color-down"),
    upFaint: color("--color-up", 0.32),
    downFaint: color("--color-down", 0.32),
    text: color("--color-muted"),
    line: color("--color-line", 0.6),
    crosshair: color("--color-muted", 0.7),
    ground: color("--color-base-100"),
    lines: [1, 2, 3, 4, 5, 6].map((number) => color(`--color-line-${number}`)),
  };
}

// The style sheet speaks oklch and color-mix, the chart library only sRGB: a one-pixel canvas translates.
function inkReader(): (color: string, alpha: number) => string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (color, alpha) => {
    if (context === null) return `rgba(128, 128, 128, ${alpha})`;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color.trim();
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
  };
}
