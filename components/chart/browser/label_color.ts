const LEAST_CONTRAST = 4.5;
const STEP = 0.95;
/** From this grey on the chart library writes in black on a colour, below it in white. */
const WHITE_BELOW = 160;

/**
 * A colour as `rgba(…)` on which the chart library's text is readable: darkened where white text has too little
 * contrast.
 */
export function labelColor(color: string): string {
  const channels = color.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [];
  const [red = 0, green = 0, blue = 0] = channels;
  if (0.199 * red + 0.687 * green + 0.114 * blue > WHITE_BELOW) return color;
  let shade = 1;
  while (whiteContrast(channels.map((channel) => channel * shade)) < LEAST_CONTRAST) shade *= STEP;
  return `rgba(${channels.map((channel) => Math.round(channel * shade)).join(", ")}, 1)`;
}

/** The contrast of white on a colour, by WCAG. */
export function whiteContrast(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}
