/** Outline icons on a 16-unit grid, as path data. */
const PATHS = {
  sun:
    "M8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1.1 1.100M11.9 11.9 13 13M3 13l1.1-1.100M11.9 4.1 13 3M8 4.800a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.400z",
  moon: "M13.5 9.600A5.9 5.9 0 0 1 6.4 2.5 5.9 5.9 0 1 0 13.5 9.600z",
  system: "M2 3h12v8H2zM5.5 14h5M8 11v3",
  search: "M7 2.500a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3 14 14",
  check: "M3 8.5 6.5 12 13 4.5",
  clock: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.800V8l2.2 1.4",
  pulse: "M1 8h3l2-5 4 10 2-5h3",
  approximate: "M2.5 6.500c2-2.5 4-2 5.5-.5s3.5 2 5.5-.5M2.5 11c2-2.5 4-2 5.5-.5s3.5 2 5.5-.5",
  back: "M10 3 5 8l5 5",
  alert: "M8 2 15 14H1zM8 6.500V10M8 12v.1",
} as const;

/** An icon's name. */
export type IconName = keyof typeof PATHS;

/** A decorative icon in the text's colour; whatever it means is also said in words. */
export function Icon({ name, class: className }: { name: IconName; class?: string }) {
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
      <path d={PATHS[name]} />
    </svg>
  );
}
