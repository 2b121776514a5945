/**
 * Has a chart printed as a picture, which it appends to the chart's element while the page is printed: a canvas is as
 * wide as the window and has its theme's colours. `draw` returns null if there is nothing to print. Returns a function
 * that stops this. Browser only.
 */
export function onPaper(element: HTMLElement, draw: () => HTMLCanvasElement | null): () => void {
  let picture: HTMLCanvasElement | null = null;
  const remove = () => picture?.remove();
  const show = () => {
    remove();
    picture = draw();
    if (picture === null) return;
    picture.className = "on-paper";
    element.append(picture);
  };
  addEventListener("beforeprint", show);
  addEventListener("afterprint", remove);
  return () => {
    removeEventListener("beforeprint", show);
    removeEventListener("afterprint", remove);
    remove();
  };
}
