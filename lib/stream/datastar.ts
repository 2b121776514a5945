const UTF8 = new TextEncoder();

/**
 * One Datastar v1 event that morphs an element into the page by its id: every line of the HTML is an `elements` line of
 * the event, as its format requires.
 */
export function patchElements(html: string): Uint8Array<ArrayBuffer> {
  const lines = html.split(/\r\n|\r|\n/).map((line) => `data: elements ${line}\n`).join("");
  return UTF8.encode(`event: datastar-patch-elements\n${lines}\n`);
}
