const OLDEST = [2, 10] as const;

/**
 * Why a server of this version cannot be used, in one line; null if it can, or if it reports none.
 */
export function describeOldServer(version: string | undefined): string | null {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? "");
  if (match === null) return null;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return null;
  return `nats-server ${version} is too old: Spot Canvas needs ${OLDEST.join(".")} or newer, ` +
    "better 2.12";
}
