import type { Indicator } from "../../lib/indicators/indicator.ts";
import { ToolMenu } from "./ToolMenu.tsx";

/** The menu of indicators and their settings. */
export function IndicatorMenu(
  { chosen, onChoose }: {
    chosen: readonly Indicator[];
    onChoose: (indicators: readonly Indicator[]) => void;
  },
) {
  return (
    <ToolMenu
      title="Indicators"
      count={chosen.length}
      load={async () => {
        const { IndicatorList } = await import("./IndicatorList.tsx");
        return (props) => <IndicatorList {...props} />;
      }}
      content={{ chosen, onChoose }}
    />
  );
}
