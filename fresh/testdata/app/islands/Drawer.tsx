import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface DrawerProps {
  open: boolean;
  title: ComponentChildren;
  children: ComponentChildren;
}

export function Drawer(props: DrawerProps) {
  const [open, setOpen] = useState(props.open);
  return (
    <section class="drawer">
      <button type="button" class="toggle" onClick={() => setOpen(!open)}>{props.title}</button>
      {open && <div class="content">{props.children}</div>}
    </section>
  );
}
