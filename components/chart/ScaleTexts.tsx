import type { ScaleLine } from "./plot_scale.ts";

/** The texts of a scale's lines, at the right of a plot. */
export function ScaleTexts(
  { lines, height, texts }: {
    lines: readonly ScaleLine[];
    height: number;
    texts: readonly string[];
  },
) {
  return (
    <svg class="price-scale">
      {lines.map(({ y }, index) => (
        <text key={y} x="8" y={`${y / height * 100}%`} dy="0.35em">{texts[index]}</text>
      ))}
    </svg>
  );
}
