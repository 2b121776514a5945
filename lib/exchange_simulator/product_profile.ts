import { Random } from "./random.ts";

/** What makes one product's market look like itself. */
export interface ProductProfile {
  /** `BTC-USD`. */
  readonly productId: string;
  /** `Bitcoin`. */
  readonly baseName: string;
  /** The usual price in US dollars. */
  readonly price: number;
  /** Places of the quote increment: 2 for a price in cents. */
  readonly priceDecimals: number;
  /** Places of the base increment: 8 for satoshi, 0 for coins traded whole. */
  readonly sizeDecimals: number;
  /** Standard deviation of a day's log return. */
  readonly dailyVolatility: number;
  /** Median US dollars of one trade. */
  readonly medianUsd: number;
  /** Half the spread, as a part of the price. */
  readonly halfSpread: number;
}

type Row = readonly [base: string, name: string, price: number, price: number, size: number];

const WELL_KNOWN: readonly Row[] = [
  ["BTC", "Bitcoin", 68_900.5, 2, 8],
  ["ETH", "Ethereum", 3_512.4, 2, 8],
  ["SOL", "Solana", 171.32, 2, 8],
  ["XRP", "XRP", 0.6123, 4, 6],
  ["DOGE", "Dogecoin", 0.15432, 5, 1],
  ["ADA", "Cardano", 0.4561, 4, 8],
  ["AVAX", "Avalanche", 36.21, 2, 8],
  ["LINK", "Chainlink", 16.432, 3, 2],
  ["LTC", "Litecoin", 84.11, 2, 8],
  ["SHIB", "Shiba Inu", 0.00002451, 8, 0],
  ["PEPE", "Pepe", 0.00000851, 8, 0],
  ["BONK", "Bonk", 0.00002812, 8, 0],
  ["MOG", "Mog Coin", 0.0000004512, 10, 0],
  ["DOT", "Polkadot", 7.021, 3, 8],
  ["UNI", "Uniswap", 9.812, 3, 6],
  ["BCH", "Bitcoin Cash", 462.05, 2, 8],
  ["SUI", "Sui", 1.0431, 4, 1],
  ["AAVE", "Aave", 96.44, 2, 3],
  ["XLM", "Stellar Lumens", 0.108412, 6, 8],
  ["HBAR", "Hedera", 0.10211, 5, 1],
  ["NEAR", "NEAR Protocol", 6.812, 3, 3],
  ["ATOM", "Cosmos", 8.513, 3, 2],
  ["ETC", "Ethereum Classic", 27.34, 2, 8],
  ["FIL", "Filecoin", 5.944, 3, 3],
  ["ALGO", "Algorand", 0.1834, 4, 0],
  ["ICP", "Internet Computer", 12.304, 3, 4],
  ["APT", "Aptos", 9.11, 2, 2],
  ["ARB", "Arbitrum", 1.1221, 4, 2],
  ["OP", "Optimism", 2.512, 3, 2],
  ["INJ", "Injective", 24.731, 3, 2],
  ["TIA", "Celestia", 10.021, 3, 2],
  ["SEI", "Sei", 0.5213, 4, 1],
  ["RENDER", "Render", 10.113, 3, 2],
  ["WIF", "dogwifhat", 2.811, 3, 2],
  ["CRV", "Curve DAO", 0.4411, 4, 2],
  ["FLOKI", "Floki", 0.00018213, 8, 0],
];

const SYLLABLES = [
  ..."ax bo ce dra el fi gal hy io jen ka lu mor nex or pyx qua ri so tek um vel wyn xi yo zen"
    .split(" "),
];

/** The default order of products, the busiest first; names beyond the well-known are made up. */
export function productIds(count: number, seed: number): string[] {
  const ids = WELL_KNOWN.slice(0, count).map(([base]) => `${base}-USD`);
  const taken = new Set(ids);
  const random = new Random(seed, "product names");
  while (ids.length < count) {
    const parts = random.whole(2, 3);
    let name = "";
    for (let i = 0; i < parts; i++) name += SYLLABLES[random.whole(0, SYLLABLES.length - 1)];
    const id = `${name.slice(0, 7).toUpperCase()}-USD`;
    if (taken.has(id)) continue;
    taken.add(id);
    ids.push(id);
  }
  return ids;
}

/** The character of one product: known ones from the table, others from their name and the seed. */
export function productProfile(productId: string, seed: number): ProductProfile {
  const random = new Random(seed, `profile ${productId}`);
  const base = productId.split("-")[0] ?? productId;
  const row = WELL_KNOWN.find(([known]) => known === base) ?? madeUp(base, random);
  const [, baseName, price, priceDecimals, sizeDecimals] = row;
  const major = base === "BTC" || base === "ETH";
  return {
    productId,
    baseName,
    price: price * (0.95 + 0.1 * random.next()),
    priceDecimals,
    sizeDecimals,
    dailyVolatility: major ? 0.025 : 0.035 + 0.045 * random.next(),
    medianUsd: major ? 120 : 25 + 60 * random.next(),
    halfSpread: major ? 0.000_01 : 0.000_2,
  };
}

function madeUp(base: string, random: Random): Row {
  // Spread over twelve decades of price, most of them between a tenth of a cent and ten dollars.
  const price = Math.exp(Math.log(0.2) + 3.2 * random.normal());
  const magnitude = Math.floor(Math.log10(price));
  const priceDecimals = Math.min(10, Math.max(2, 3 - magnitude));
  const sizeDecimals = price > 100 ? 8 : price > 1 ? random.whole(2, 8) : price > 0.01 ? 1 : 0;
  const usable = Math.min(50_000, Math.max(price, 1000 * 10 ** -priceDecimals));
  return [base, base.charAt(0) + base.slice(1).toLowerCase(), usable, priceDecimals, sizeDecimals];
}

/**
 * Trades per second of each product: Zipf-like, adding up to `total`. With eight products or
 * more, the last few are so quiet that minutes pass without a trade.
 */
export function tradeRates(count: number, total: number): number[] {
  const quiet = count < 8 ? 0 : Math.max(2, Math.floor(count * 0.04));
  const rates: number[] = [];
  let weight = 0;
  for (let i = 0; i < count - quiet; i++) weight += 1 / (i + 1);
  for (let i = 0; i < count; i++) {
    const rate = i < count - quiet ? total / (i + 1) / weight : 1 / (60 + 45 * (count - 1 - i));
    rates.push(i < count - quiet ? rate : Math.min(rate, total / count));
  }
  return rates;
}
