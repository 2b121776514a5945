/** A rate per second for reading: `0`, `0.25`, `3.4`, `1,240`. */
export function rateText(perSecond: number): string {
  if (perSecond < 0.005) return "0";
  const digits = perSecond < 1 ? 2 : perSecond < 100 ? 1 : 0;
  return perSecond.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** How long, in its two largest units: `3 d 4 h`, `12 min`, `8 s`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds} s`;
  if (hours === 0) return `${minutes} min`;
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A memory size in MiB, or GiB from one on. */
export function memoryText(bytes: number): string {
  const mib = bytes / 2 ** 20;
  return mib < 1024 ? `${mib.toFixed(0)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}
