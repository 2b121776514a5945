import type { StudyValues } from "./study_values.ts";
import { studyText } from "./study_values.ts";

/** Indicators' values at the candle that the legend describes, each after a stroke of its line's colour. */
export function Studies(
  { studies, digits }: { studies: readonly StudyValues[]; digits: number },
) {
  if (studies.length === 0) return null;
  return (
    <div class="studies">
      {studies.map(({ title, values, unit, pane }) => (
        <span key={title}>
          {title}
          {values.map(({ value, ink }, index) => (
            <b key={index}>
              {ink !== null && <i class={`ink-${ink}`} />}
              {studyText(value, unit, digits, pane === null)}
            </b>
          ))}
        </span>
      ))}
    </div>
  );
}
