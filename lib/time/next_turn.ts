/** Lets the event loop run what is due before a long computation continues. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
