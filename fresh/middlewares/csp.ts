import type { Middleware } from "../middleware.ts";
import { nonceOf } from "../nonce.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Only report violations. */
  reportOnly?: boolean;
  /** The path or URL that violations are reported to. */
  reportTo?: string;
  /** Directives to add, or to replace the default ones of the same name with. */
  csp?: string[];
  /** Allow inline scripts and styles by the nonce that rendering gave them, instead of all of them. */
  useNonce?: boolean;
}

const DEFAULTS: readonly string[] = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

const INLINE = /^(default|script|style)-src(-elem|-attr)? /;

/** Sets the `Content-Security-Policy` of every response. What was not rendered has no nonce to allow. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, useNonce = false } = options;
  const header = reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  const directives = merge(options.csp ?? []);
  if (reportTo !== undefined) {
    directives.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  }

  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? nonceOf(response) : null;
    const policy = nonce === null
      ? directives
      : directives.map((directive) => withNonce(directive, nonce));
    response.headers.set(header, policy.join("; "));
    if (reportTo !== undefined) {
      response.headers.set("reporting-endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

function merge(own: readonly string[]): string[] {
  const names = new Set(own.map(nameOf));
  return [...DEFAULTS.filter((directive) => !names.has(nameOf(directive))), ...own];
}

function nameOf(directive: string): string {
  return directive.trim().split(/\s/, 1)[0] ?? "";
}

function withNonce(directive: string, nonce: string): string {
  return INLINE.test(directive)
    ? directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`)
    : directive;
}
