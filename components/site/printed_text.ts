/** What is printed below a page: its address, unless that is empty, and of when it is. */
export function printedText(address: string, atMs: number): string {
  const time = `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return address === "" ? time : `${address} · ${time}`;
}
