/**
 * What JSX becomes in the browser. Preact's own `h`, which is loaded anyway: the functions of its automatic JSX runtime
 * would be another module for every page.
 */
// Every module with JSX then needs the same two packages, so that the bundler keeps them in one chunk.
import "@preact/signals";
export { Fragment as FreshFragment, h as freshElement } from "preact";
