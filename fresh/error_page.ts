/** What went wrong, as a page that reloads itself when it may be right again. For the dev server only. */
export function errorPage(error: unknown, aliveUrl: string): Response {
  const html =
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Error</title><style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #1f2937; background: #fff }
h1 { color: #b91c1c; font-size: 1.25rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f3f4f6; padding: 1rem }
</style></head><body><h1>${escapeHtml(titleOf(error))}</h1><pre>${escapeHtml(describe(error))}</pre>
<script>
let first;
new EventSource(${JSON.stringify(aliveUrl)}).addEventListener("revision", ({ data }) => {
  first ??= data;
  if (data !== first) location.reload();
});
</script></body></html>`;
  return new Response(html, {
    status: 500,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

function titleOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\n\nCaused by: ${describe(error.cause)}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
