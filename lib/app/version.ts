/** Which version this is, as `/openapi.json` says; `deno task version` raises it. */
export const VERSION = "0.1.0";
