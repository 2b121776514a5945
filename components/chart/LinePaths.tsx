import type { LinePath } from "./line_paths.ts";

/** Lines of indicators, in their colours. */
export function LinePaths({ lines }: { lines: readonly LinePath[] }) {
  return (
    <>
      {lines.map(({ path, ink, look }, index) => (
        <path key={index} class={`study-${look} ink-${ink}`} d={path} />
      ))}
    </>
  );
}
