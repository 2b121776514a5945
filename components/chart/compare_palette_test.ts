import assert from "node:assert/strict";
import { SPOT_CHART_STYLE } from "../embed/browser/spot_chart_style.ts";

type Color = readonly [number, number, number];

const THEMES = await Deno.readTextFile(new URL("../../assets/themes.css", import.meta.url));

/** How a colour is seen, for linear light: Machado, Oliveira and Fernandes (2009), each at its full. */
const SEEN: Readonly<Record<string, readonly Color[]>> = {
  "by most people": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  "without red": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "without green": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "without blue": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** A difference that is just seen is a third of that, side by side. */
const LEAST_DISTANCE = 0.07;
const LEAST_CONTRAST = 3;

const PALETTES = [
  { name: "light", ground: "#fdfdfb", colors: colorsOf(THEMES, 0) },
  { name: "dark", ground: "#14171e", colors: colorsOf(THEMES, 1) },
  { name: "light, in the element", ground: "#fdfdfb", colors: colorsOf(SPOT_CHART_STYLE, 0) },
  { name: "dark, in the element", ground: "#14171e", colors: colorsOf(SPOT_CHART_STYLE, 1) },
  { name: "dark, when chosen", ground: "#14171e", colors: colorsOf(SPOT_CHART_STYLE, 2) },
];

for (const { name, ground, colors } of PALETTES) {
  Deno.test(`compare - its lines are seen on their ground: ${name}`, () => {
    assert.equal(colors.length, 5);
    for (const color of colors) {
      const ratio = contrast(color, ground);
      assert.ok(ratio >= LEAST_CONTRAST, `${color}: ${ratio}`);
    }
  });

  for (const [sight, matrix] of Object.entries(SEEN)) {
    Deno.test(`compare - its lines can be distinguished ${sight}: ${name}`, () => {
      colors.forEach((one, index) => {
        for (const other of colors.slice(index + 1)) {
          const apart = distance(seen(one, matrix), seen(other, matrix));
          assert.ok(apart >= LEAST_DISTANCE, `${one} and ${other}: ${apart}`);
        }
      });
    });
  }
}

/** The colours of the theme of that place in a style sheet. */
function colorsOf(sheet: string, place: number): readonly string[] {
  const found = [...sheet.matchAll(/--color-compare-\d: [^;]*?(#[0-9a-f]{6})/g)]
    .map(([, color = ""]) => color);
  return found.slice(place * 5, place * 5 + 5);
}

function linear(color: string): Color {
  const channel = (at: number) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [one, other].map((color) => {
    const [red, green, blue] = linear(color);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function seen(color: string, matrix: readonly Color[]): Color {
  const light = linear(color);
  const [red = 0, green = 0, blue = 0] = matrix.map((row) => product(row, light));
  return [red, green, blue];
}

/** In Oklab, where equal distances look about equally far. */
function distance(one: Color, other: Color): number {
  const [a, b] = [oklab(one), oklab(other)];
  return Math.hypot(...a.map((value, index) => value - (b[index] ?? 0)));
}

function oklab(light: Color): Color {
  const [red, green, blue] = light;
  const clamped: Color = [clamp(red), clamp(green), clamp(blue)];
  const cones: Color = [
    Math.cbrt(product([0.4122214708, 0.5363325363, 0.0514459929], clamped)),
    Math.cbrt(product([0.2119034982, 0.6806995451, 0.1073969566], clamped)),
    Math.cbrt(product([0.0883024619, 0.2817188376, 0.6299787005], clamped)),
  ];
  return [
    product([0.2104542553, 0.793617785, -0.0040720468], cones),
    product([1.9779984951, -2.428592205, 0.4505937099], cones),
    product([0.0259040371, 0.7827717662, -0.808675766], cones),
  ];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function product(row: Color, column: Color): number {
  return row[0] * column[0] + row[1] * column[1] + row[2] * column[2];
}
