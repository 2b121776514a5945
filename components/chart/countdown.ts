/** A wait in clock digits: `0:07`, `12:30`, `5:59:59`, `2d 5:59:59`. */
export function countdownText(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  if (days > 0) return `${days}d ${hours}:${two(minutes)}:${rest}`;
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${two(minutes)}:${rest}`;
}
