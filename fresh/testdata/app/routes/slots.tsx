import { signal } from "@preact/signals";
import { define } from "../app.ts";
import Counter from "../islands/Counter.tsx";
import { Drawer } from "../islands/Drawer.tsx";

export default define.page(() => {
  const count = signal(1);
  return (
    <>
      <Drawer open title={<em>Open</em>}>
        <p class="note">Text from the server &amp; its escapes</p>
        <Counter count={count} step={1n} />
      </Drawer>
      <Drawer open={false} title={<em>Closed</em>}>
        <p class="hidden-note">Not shown at first</p>
        <Counter count={count} step={10n} />
      </Drawer>
    </>
  );
});
