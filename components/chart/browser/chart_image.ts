/** What stands over a chart's picture. */
export interface ChartCaption {
  readonly title: string;
  readonly background: string;
  readonly ink: string;
  readonly font: string;
}

const MARGIN = 14;
const HEAD = 40;

/** A chart's canvas on a ground of its own, with a line of text above it. Browser only. */
export function captioned(chart: HTMLCanvasElement, caption: ChartCaption): HTMLCanvasElement {
  const ratio = globalThis.devicePixelRatio;
  const picture = document.createElement("canvas");
  picture.width = chart.width;
  picture.height = chart.height + HEAD * ratio;
  const context = picture.getContext("2d");
  if (context === null) return chart;
  context.fillStyle = caption.background;
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(chart, 0, HEAD * ratio);
  context.fillStyle = caption.ink;
  context.font = `600 ${14 * ratio}px ${caption.font}`;
  context.textBaseline = "middle";
  context.fillText(caption.title, MARGIN * ratio, HEAD / 2 * ratio);
  return picture;
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
