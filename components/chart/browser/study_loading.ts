import type { StudyDrawing, StudyDrawingParts } from "./study_drawing.ts";

type StudyMaker = (parts: StudyDrawingParts) => StudyDrawing;

let maker: StudyMaker | null = null;

/** Makes a drawing of indicators; null before they are loaded. */
export function studyMaker(): StudyMaker | null {
  return maker;
}

/** Loads the indicators, of which a page without them has no use. Rejects if they cannot be loaded. */
export async function loadStudies(): Promise<void> {
  const { StudyDrawing } = await import("./study_drawing.ts");
  maker = (parts) => new StudyDrawing(parts);
}
