import { productId } from "../../lib/candles/product.ts";
import { catalogueOf } from "../../tests/sample_products.ts";
import { openWebApp } from "../../tests/web_app.ts";
import type { GrowthPoint } from "./curve.ts";
import { Cost } from "./usage.ts";

const WARM_UP = 20;
const REQUESTS = 60;

/** The cost of a product in the answer of a path: its row of the dashboard, its entry of the list. */
export async function measurePage(path: string, products: number): Promise<GrowthPoint> {
  const ids = Array.from({ length: products }, (_, at) => productId(`P${at}-USD`));
  const app = await openWebApp({}, { catalogue: catalogueOf(ids) });
  try {
    let cost = new Cost();
    for (let request = -WARM_UP; request < REQUESTS; request++) {
      if (request === 0) cost = new Cost();
      await cost.of(async () => {
        const response = await app.handler(new Request(`http://localhost${path}`));
        if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
        await response.arrayBuffer();
      });
    }
    return cost.point(products, REQUESTS * products);
  } finally {
    await app.close();
  }
}
