/** The registry of exchanges: the one that this program is built for. Another one would be named here. */
export { openCoinbase as openExchange } from "../coinbase/coinbase.ts";
