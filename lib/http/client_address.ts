/**
 * The address that a request counts for. `peer` is the connection's own address. Behind a trusted proxy it is the
 * right-most entry of `X-Forwarded-For` that is not a private address: entries to its left are the client's claims,
 * private ones to its right are our own proxies. An IPv6 client counts by its /64 network, all of whose addresses it
 * may use.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | null,
  trustProxy: boolean,
): string {
  if (!trustProxy || forwardedFor === null) return countedAs(peer);
  const hops = forwardedFor.split(",").map((hop) => withoutPort(hop.trim()))
    .filter((hop) => hop !== "" && hop.length <= MAX_ADDRESS_LENGTH);
  const outermost = hops.findLast((hop) => !PRIVATE.test(hop)) ?? hops.at(-1);
  return countedAs(outermost ?? peer);
}

const MAX_ADDRESS_LENGTH = 64;
const PRIVATE = new RegExp(
  "^(?:::ffff:)?(?:127\\.|10\\.|192\\.168\\.|169\\.254\\.|172\\.(?:1[6-9]|2\\d|3[01])\\.)" +
    "|^::1$|^f[cd][0-9a-f]{2}:|^fe80:",
  "i",
);

/** `[2001:db8::1]:443` and `192.0.2.1:443` are allowed by some proxies. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(hop)?.[1];
  if (bracketed !== undefined) return bracketed;
  return hop.split(":").length === 2 ? hop.slice(0, hop.indexOf(":")) : hop;
}

function countedAs(address: string): string {
  const lower = address.toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(lower)?.[1];
  if (mapped !== undefined) return mapped;
  if (!lower.includes(":")) return lower;
  const [head = "", tail] = lower.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...new Array<string>(zeros).fill("0"), ...back];
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
