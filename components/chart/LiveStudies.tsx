import { Studies } from "./Studies.tsx";
import type { StudyValues } from "./study_values.ts";

/** Height of the time axis below the panes, in CSS pixels. */
const AXIS = 28;
/** The height of the prices' pane as a multiple of another pane's. */
const MAIN_SHARE = 4;

/** The live chart's indicators: those over the prices at the top, and each other one in its pane. */
export function LiveStudies(
  { studies, digits }: { studies: readonly StudyValues[]; digits: number },
) {
  const below = studies.filter(({ pane }) => pane !== null);
  const share = `(100% - var(--legend-height) - ${AXIS}px) / ${MAIN_SHARE + below.length}`;
  return (
    <>
      <Studies studies={studies.filter(({ pane }) => pane === null)} digits={digits} />
      {below.map((study, index) => (
        <div
          key={study.title}
          class="pane-studies"
          style={{ top: `calc(var(--legend-height) + ${MAIN_SHARE + index} * ${share})` }}
        >
          <Studies studies={[study]} digits={digits} />
        </div>
      ))}
    </>
  );
}
