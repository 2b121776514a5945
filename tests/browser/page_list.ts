/** An address of each page, in the states that differ. */
export const PAGES: readonly string[] = [
  "/",
  "/?view=favourites",
  "/products/BTC-USD?granularity=4h&indicators=ema:21,rsi:14",
  "/products/BTC-USD?style=hollow&indicators=ichimoku,volume,adx,stoch,nothing&compare=ETH-USD",
  "/products/PEPE-USD?granularity=1d",
  "/workspace",
  "/workspace?chart=BTC-USD/4h/indicators=ema:21,rsi&chart=NO-SUCH/5m&chart=ETH-USD/90m&columns=20,40,40",
  "/workspace?chart=nothing&link=all",
  "/alerts?product=BTC-USD&kind=price&value=70000",
  "/status",
  "/docs",
  "/shortcuts",
  "/examples/datastar",
  "/products/NO-SUCH",
  "/nowhere",
];
