/**
 * The element's own style sheet. What a site may set are the variables that begin with `--spot-chart-`; the
 * others are what the drawing reads.
 */
export const SPOT_CHART_STYLE = `
:host {
  --color-up: var(--spot-chart-up, #087a57);
  --color-down: var(--spot-chart-down, #bb2233);
  --color-muted: var(--spot-chart-text, #5b5f6b);
  --color-line: var(--spot-chart-grid, #e4e3df);
  --color-base-100: var(--spot-chart-background, #fdfdfb);
  --color-base-content: var(--spot-chart-strong-text, #1b1d26);
  --color-line-1: var(--spot-chart-line-1, #2f6fd0);
  --color-line-2: var(--spot-chart-line-2, #c67b13);
  --color-line-3: var(--spot-chart-line-3, #8a45b8);
  --color-line-4: var(--spot-chart-line-4, #138a99);
  --color-line-5: var(--spot-chart-line-5, #c43d7e);
  --color-line-6: var(--spot-chart-line-6, #5b6472);
  --color-compare-1: var(--spot-chart-compare-1, #0072b2);
  --color-compare-2: var(--spot-chart-compare-2, #d55e00);
  --color-compare-3: var(--spot-chart-compare-3, #009e73);
  --color-compare-4: var(--spot-chart-compare-4, #aa3f8c);
  --color-compare-5: var(--spot-chart-compare-5, #7a5a00);
  display: block;
  height: 24rem;
  overflow: hidden;
  background: var(--color-base-100);
  color: var(--color-muted);
  font: 12px/1.5 var(--spot-chart-font, ui-sans-serif, system-ui, sans-serif);
}
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) {
    --color-up: var(--spot-chart-up, #4fd1a1);
    --color-down: var(--spot-chart-down, #f47c78);
    --color-muted: var(--spot-chart-text, #a2a7b4);
    --color-line: var(--spot-chart-grid, #2c303a);
    --color-base-100: var(--spot-chart-background, #14171e);
    --color-base-content: var(--spot-chart-strong-text, #e8eaf0);
    --color-compare-1: var(--spot-chart-compare-1, #56b4e9);
    --color-compare-2: var(--spot-chart-compare-2, #e69f00);
    --color-compare-3: var(--spot-chart-compare-3, #009e73);
    --color-compare-4: var(--spot-chart-compare-4, #f0e442);
    --color-compare-5: var(--spot-chart-compare-5, #cc79a7);
  }
}
:host([theme="dark"]) {
  --color-up: var(--spot-chart-up, #4fd1a1);
  --color-down: var(--spot-chart-down, #f47c78);
  --color-muted: var(--spot-chart-text, #a2a7b4);
  --color-line: var(--spot-chart-grid, #2c303a);
  --color-base-100: var(--spot-chart-background, #14171e);
  --color-base-content: var(--spot-chart-strong-text, #e8eaf0);
  --color-compare-1: var(--spot-chart-compare-1, #56b4e9);
  --color-compare-2: var(--spot-chart-compare-2, #e69f00);
  --color-compare-3: var(--spot-chart-compare-3, #009e73);
  --color-compare-4: var(--spot-chart-compare-4, #f0e442);
  --color-compare-5: var(--spot-chart-compare-5, #cc79a7);
}
:host([hidden]) {
  display: none;
}
/* Applies whatever the page's own style of the element is. */
.frame {
  display: grid;
  grid-template: auto minmax(0, 1fr) auto auto / minmax(0, 1fr);
  height: 100%;
}
.legend {
  grid-area: 1 / 1;
  display: flex;
  flex-wrap: wrap;
  gap: 0 0.75em;
  min-height: 1.5em;
  padding: 0.5em 0.75em;
  font-variant-numeric: tabular-nums;
}
.legend b,
.name {
  color: var(--color-base-content);
  font-weight: 550;
}
.mount {
  grid-area: 2 / 1;
  min-width: 0;
  min-height: 0;
  overflow: hidden;
}
.mount:focus-visible {
  outline: 2px solid currentColor;
  outline-offset: -2px;
}
.before {
  grid-area: 2 / 1;
  min-width: 0;
  min-height: 0;
  overflow: hidden;
}
.note {
  grid-area: 3 / 1;
  margin: 0;
  padding: 0.25em 0.75em;
  overflow-wrap: anywhere;
}
.note:empty {
  display: none;
}
.credit {
  grid-area: 4 / 1;
  justify-self: start;
  padding: 0 0.75em 0.25em;
  color: inherit;
  font-size: 10px;
}
.mount[data-drawn] + .before {
  display: none;
}
`;
