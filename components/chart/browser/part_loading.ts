import type { ChartView } from "../chart_view.ts";
import type { CompareDrawing, CompareDrawingParts } from "./compare_drawing.ts";
import type { StudyDrawing, StudyDrawingParts } from "./study_drawing.ts";

type StudyMaker = (parts: StudyDrawingParts) => StudyDrawing;
type CompareMaker = (parts: CompareDrawingParts) => CompareDrawing;

let makeStudies: StudyMaker | null = null;
let makeCompare: CompareMaker | null = null;

/** Makes a drawing of indicators; null before they are loaded. */
export function studyMaker(): StudyMaker | null {
  return makeStudies;
}

/** Makes a drawing of compared products; null before it is loaded. */
export function compareMaker(): CompareMaker | null {
  return makeCompare;
}

/** Whether all is loaded that a view shows. */
export function hasParts({ indicators, compare }: ChartView): boolean {
  return (indicators.length === 0 || makeStudies !== null) &&
    (compare.length === 0 || makeCompare !== null);
}

/**
 * Loads the code for a view's indicators and comparisons, which a plain chart does not need.
 * Rejects if it cannot be loaded.
 */
export async function loadParts({ indicators, compare }: ChartView): Promise<void> {
  await Promise.all([
    indicators.length === 0 ? null : import("./study_drawing.ts").then(({ StudyDrawing }) => {
      makeStudies = (parts) => new StudyDrawing(parts);
    }),
    compare.length === 0 ? null : import("./compare_drawing.ts").then(({ CompareDrawing }) => {
      makeCompare = (parts) => new CompareDrawing(parts);
    }),
  ]);
}
