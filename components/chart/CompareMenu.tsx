import type { ProductId } from "../../lib/candles/product.ts";
import { ToolMenu } from "./ToolMenu.tsx";

/** The menu of products that a chart is compared with. */
export function CompareMenu(
  { productId, chosen, onChoose }: {
    /** The chart's own. */
    productId: ProductId;
    chosen: readonly ProductId[];
    onChoose: (products: readonly ProductId[]) => void;
  },
) {
  return (
    <ToolMenu
      title="Compare"
      name="compare-menu"
      count={chosen.length}
      load={async () => {
        const { CompareList } = await import("./CompareList.tsx");
        return (props) => <CompareList {...props} />;
      }}
      content={{ productId, chosen, onChoose }}
    />
  );
}
