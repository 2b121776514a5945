/** Shows one line of progress to whoever runs a task. */
export function print(line: string): void {
  console.log(line);
}
