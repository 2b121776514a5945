import { shortGranularity } from "../candles/granularity.ts";
import type { AlertCondition } from "./alert.ts";

/** What has to happen, as words behind a product: "crosses 70,000". */
export function conditionText(condition: AlertCondition): string {
  switch (condition.kind) {
    case "price":
      return `crosses ${figure(condition.value)}`;
    case "line":
      return `crosses the line through ${figure(condition.from.price)} and ${
        figure(condition.to.price)
      }`;
    case "change":
      return `moves ${figure(condition.percent)} % within ${minutesText(condition.minutes)}`;
    case "volume":
      return `trades ${figure(condition.times)} times the volume of ${
        minutesText(condition.minutes)
      } before`;
    case "rsi":
      return `has an RSI ${condition.period} (${
        shortGranularity(condition.granularity)
      }) that crosses ${figure(condition.level)}`;
  }
}

/** A firing as words behind a product: "crosses 70,000: 70,001.5". An index has two digits; it is not traded. */
export function firingText(condition: AlertCondition, at: number): string {
  return `${conditionText(condition)}: ${
    figure(condition.kind === "rsi" ? Math.round(at * 100) / 100 : at)
  }`;
}

function minutesText(minutes: number): string {
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/** A number as people read it, with all the digits that it has. */
export function figure(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 15 });
}
