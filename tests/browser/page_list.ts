/** An address of each page, in the states that differ. */
export const PAGES: readonly string[] = [
  "/",
  "/?view=favourites",
  "/products/BTC-USD?granularity=4h&indicators=ema:21,rsi:14",
  "/products/PEPE-USD?granularity=1d",
  "/status",
  "/docs",
  "/examples/datastar",
  "/products/NO-SUCH",
  "/nowhere",
];
