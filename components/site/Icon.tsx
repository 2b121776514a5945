/**
 * A decorative outline icon in the text's colour, on a 16-unit grid; its meaning is also given in
 * words.
 */
export function Icon({ path, class: className }: { path: string; class?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      class={className}
    >
      <path d={path} />
    </svg>
  );
}
