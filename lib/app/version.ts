/** The program's version, shown in `/openapi.json`; `deno task version` raises it. */
export const VERSION = "0.2.0";
