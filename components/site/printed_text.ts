/** What is printed below a page: its whole address, and of when it is. */
export function printedText(address: string, atMs: number): string {
  return `${address} · ${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
