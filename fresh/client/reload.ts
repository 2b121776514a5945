/** Reloads the page when the dev server has rebuilt, or has come back after a restart. */
export function watchForChanges(url: string): void {
  let revision: string | null = null;
  new EventSource(url).addEventListener("revision", (event) => {
    if (revision !== null && event.data !== revision) location.reload();
    revision = event.data;
  });
}
