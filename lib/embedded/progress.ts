/** Receives one line for each slow step, when it is over. */
export type Progress = (line: string) => void;

/** Does a step and reports it as `{step} in {seconds} s`; a step that throws reports nothing. */
export async function timed<T>(
  progress: Progress,
  step: string | ((result: T) => string),
  work: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  progress(`${typeof step === "string" ? step : step(result)} in ${seconds} s`);
  return result;
}
