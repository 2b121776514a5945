/** Shows one line of progress to whoever runs a task. */
export function say(line: string): void {
  console.log(line);
}
