/** Security headers of every answer. */
const ALWAYS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
};

const POLICY = "content-security-policy";
/** The policy of answers that are not pages: they load nothing. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";
const A_YEAR = "max-age=31536000";

/** Adds the security headers, and adapts the content security policy to the kind of answer and the protocol. */
export function secure(response: Response, { protocol }: URL): Response {
  const { headers } = response;
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (protocol === "https:") headers.set("strict-transport-security", A_YEAR);
  const policy = headers.get(POLICY);
  if (policy === null) return response;
  const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
  headers.set(POLICY, isPage ? pagePolicy(policy, protocol) : DATA_POLICY);
  return response;
}

/** Over plain HTTP there is nothing to upgrade to: other machines of the network would get no style sheet. */
function pagePolicy(policy: string, protocol: string): string {
  if (protocol === "https:") return policy;
  return policy.split("; ").filter((part) => part !== "upgrade-insecure-requests").join("; ");
}
