import type { Middleware } from "../middleware.ts";
import { nonceOf } from "../nonce.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
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
  const directives = merge(options.csp ?? []);

  return async (ctx) => {
    const response = await ctx.next();
    const nonce = options.useNonce ? nonceOf(response) : null;
    const policy = nonce === null
      ? directives
      : directives.map((directive) => withNonce(directive, nonce));
    response.headers.set("content-security-policy", policy.join("; "));
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
