/** The mark: a falling and a rising candle, and the spot price over the live one. */
export function Brand() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#161b26" />
      <path d="M10 11v14" stroke="#ef7a72" stroke-width="1.6" stroke-linecap="round" />
      <path d="M21.5 12.5v12" stroke="#5fd3a4" stroke-width="1.6" stroke-linecap="round" />
      <rect x="7.5" y="14" width="5" height="8" rx="1.3" fill="#ef7a72" />
      <rect x="19" y="15.5" width="5" height="6.5" rx="1.3" fill="#5fd3a4" />
      <circle cx="21.5" cy="8" r="2.6" fill="#f5b942" />
    </svg>
  );
}
