import type { PanePicture } from "./chart_picture.ts";
import { LinePaths } from "./LinePaths.tsx";
import { ScaleTexts } from "./ScaleTexts.tsx";
import { Studies } from "./Studies.tsx";
import { studyText } from "./study_values.ts";

/** An indicator's own pane as a picture. */
export function PaneSvg({ pane, box, digits }: {
  pane: PanePicture;
  box: { readonly width: number; readonly height: number };
  digits: number;
}) {
  const { lines, scale, levels, study } = pane;
  return (
    <div class="pane">
      <svg class="plot" viewBox={`0 0 ${box.width} ${box.height}`} preserveAspectRatio="none">
        {scale.map(({ y }) => <path key={y} class="scale-line" d={`M0 ${y}H${box.width}`} />)}
        {levels.map((y) => <path key={y} class="level" d={`M0 ${y}H${box.width}`} />)}
        <LinePaths lines={lines} />
      </svg>
      <ScaleTexts
        lines={scale}
        height={box.height}
        texts={scale.map(({ value }) => studyText(value, study.unit, digits, false))}
      />
      <Studies studies={[study]} digits={digits} />
    </div>
  );
}
