// @ts-types="./pg.d.ts"
import pg from "pg";

/** Values that a statement may have. Times are numbers of seconds or milliseconds, never texts. */
export type SqlValue = string | number | boolean | Uint8Array | null;

type Parse = (text: string) => unknown;

const { builtins } = pg.types;
/** Types whose text depends on the session's settings (DateStyle, TimeZone, IntervalStyle, bytea_output). */
const SETTINGS_DECIDE: ReadonlyMap<number, string> = new Map([
  [builtins.DATE, "extract(epoch FROM …)"],
  [builtins.TIME, "extract(epoch FROM …)"],
  [builtins.TIMETZ, "extract(epoch FROM …)"],
  [builtins.TIMESTAMP, "extract(epoch FROM …)"],
  [builtins.TIMESTAMPTZ, "extract(epoch FROM …)"],
  [builtins.INTERVAL, "extract(epoch FROM …)"],
  [builtins.BYTEA, "encode(…, 'hex')"],
]);
const PARSERS: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [builtins.BOOL, (text) => text === "t"],
  [builtins.INT2, Number],
  [builtins.INT4, Number],
]);

/**
 * How columns are read, for `pg`: small integers and booleans as such, everything else as PostgreSQL's text, so that
 * numerics and bigints lose no digit. Selecting a column whose text depends on settings is an error.
 */
export const COLUMN_VALUES = {
  getTypeParser(type: number): Parse {
    const instead = SETTINGS_DECIDE.get(type);
    if (instead === undefined) return PARSERS.get(type) ?? textOf;
    return () => {
      throw new TypeError(`the text of type ${type} depends on settings: select ${instead}`);
    };
  },
};

function textOf(text: string): string {
  return text;
}
