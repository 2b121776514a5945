import { type AllowedOrigins, crossOriginHeaders } from "./cross_origin.ts";

/** The chart element and the client that it imports hold no secret: any site may load them. */
const FOR_ANY_SITE = /^\/(client|spot-chart)\.(js|d\.ts)$/;
/** Modules over the API, for the sites that may use the API. */
const FOR_LISTED_SITES = /^\/adapters\//;

/**
 * Adapts the answer of a static file for pages of other sites, which use its address without a build's key: who may
 * load it, and that browsers cache and revalidate it.
 */
export function shareFile(
  response: Response,
  { pathname }: URL,
  origin: string | null,
  corsOrigins: AllowedOrigins,
): Response {
  const { headers } = response;
  const forAny = FOR_ANY_SITE.test(pathname);
  if (!forAny && !FOR_LISTED_SITES.test(pathname)) return response;
  if (forAny) headers.set("access-control-allow-origin", "*");
  else {
    for (const [name, value] of Object.entries(crossOriginHeaders(origin, corsOrigins))) {
      headers.append(name, value);
    }
  }
  const isKeyed = headers.get("cache-control")?.includes("immutable") ?? false;
  if ((response.ok || response.status === 304) && !isKeyed) {
    headers.set("cache-control", "no-cache");
  }
  return response;
}
