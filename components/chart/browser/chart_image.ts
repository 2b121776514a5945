/** The caption above a chart's picture. */
export interface ChartCaption {
  readonly title: string;
  /** What the chart's lines are, each in its line's colour. */
  readonly lines: readonly { readonly text: string; readonly color: string }[];
  readonly background: string;
  readonly ink: string;
  readonly font: string;
}

const MARGIN = 14;
const HEAD = 40;
const LINE = 18;
const GAP = 16;

/** A chart's canvas on an opaque background, with its caption above. Browser only. */
export function captioned(chart: HTMLCanvasElement, caption: ChartCaption): HTMLCanvasElement {
  const ratio = globalThis.devicePixelRatio;
  const picture = document.createElement("canvas");
  const context = picture.getContext("2d");
  if (context === null) return chart;
  const lineFont = `500 ${12 * ratio}px ${caption.font}`;
  context.font = lineFont;
  const rows = rowsOf(caption.lines, context, chart.width - 2 * MARGIN * ratio, GAP * ratio);
  const head = (HEAD + rows.length * LINE) * ratio;
  // Setting the size resets all other settings.
  picture.width = chart.width;
  picture.height = chart.height + head;
  context.fillStyle = caption.background;
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(chart, 0, head);
  context.textBaseline = "middle";
  context.fillStyle = caption.ink;
  context.font = `600 ${14 * ratio}px ${caption.font}`;
  context.fillText(caption.title, MARGIN * ratio, HEAD / 2 * ratio);
  context.font = lineFont;
  rows.forEach((row, index) => {
    for (const { x, text, color } of row) {
      context.fillStyle = color;
      context.fillText(text, MARGIN * ratio + x, (HEAD + (index + 0.25) * LINE) * ratio);
    }
  });
  return picture;
}

/** Texts side by side, in as many rows as they take. */
function rowsOf(
  lines: ChartCaption["lines"],
  context: CanvasRenderingContext2D,
  width: number,
  gap: number,
): { readonly x: number; readonly text: string; readonly color: string }[][] {
  const rows: { x: number; text: string; color: string }[][] = [];
  let x = Infinity;
  for (const line of lines) {
    const own = context.measureText(line.text).width;
    if (x + own > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)?.push({ ...line, x });
    x += own + gap;
  }
  return rows;
}

/** Lets the browser keep a picture as a file. Browser only. */
export function savePng(picture: HTMLCanvasElement, name: string): void {
  picture.toBlob((blob) => {
    if (blob === null) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  }, "image/png");
}
