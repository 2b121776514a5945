/** Prints one line of a task's progress. */
export function print(line: string): void {
  console.log(line);
}
