// Heat maps: bytes (see packing.py) as a small image, and the bar that explains its colours.

import { html } from "./dom.js";

const STEPS = 252; // 0..252 are shades; 253, 254, 255 are −inf, nan, +inf
// From the page's paper to full strength, so that "more" stands out in light and dark alike.
const STOPS = {
  sequential: {
    light: ["#f3f7fb", "#d3e2ee", "#a8c9df", "#76aaca", "#4686b0", "#25628f", "#14426a", "#0b2745"],
    dark: ["#16202b", "#1b3346", "#1f4a66", "#276587", "#3b84a9", "#61a5c4", "#97c7dc", "#d8ecf4"],
  },
  diverging: {
    light: ["#0b4f80", "#3585b8", "#8dbbd9", "#f5f5f3", "#eeb08a", "#d9702b", "#963f00"],
    dark: ["#8ecbf0", "#3f93c6", "#23567a", "#1d2024", "#7c4220", "#cf6d2a", "#ffb581"],
  },
};
// −inf is beyond the faint end of a sequential map and beyond the strong blue end of a diverging one: never take one for the other.
const SPECIAL = {
  sequential: { light: ["#f1e0c0", "#9a9a9a", "#8c2d00"], dark: ["#6a5530", "#808080", "#ffd2b0"] },
  diverging: { light: ["#004b7c", "#9a9a9a", "#8c2d00"], dark: ["#bfe3f9", "#808080", "#ffd2b0"] },
};
export const SPECIAL_NAMES = ["−∞", "not a number", "∞"];

const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const palettes = new Map();

function palette(colors, theme) {
  const key = colors + theme;
  if (palettes.has(key)) return palettes.get(key);
  const stops = STOPS[colors][theme].map(channels);
  const mixed = (t) => {
    const left = Math.min(Math.floor(t), stops.length - 2);
    return stops[left].map((c, i) => Math.round(c + (stops[left + 1][i] - c) * (t - left)));
  };
  const shades = Array.from({ length: STEPS + 1 }, (_, i) => mixed((i / STEPS) * (stops.length - 1)));
  palettes.set(key, [...shades, ...SPECIAL[colors][theme].map(channels)]);
  return palettes.get(key);
}

function painted(columns, rows, colorAt) {
  const canvas = html("canvas", { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < columns * rows; i++) image.data.set([...colorAt(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

// Is the shade at this share of the range far from the paper, so that a line on it must be light?
export const isStrong = (colors, share) => (colors === "diverging" ? Math.abs(share - 0.5) > 0.25 : share > 0.5);

// The colour of a share, 0 … 1, of the range.
export const shadeColor = (colors, share, theme) => `rgb(${palette(colors, theme)[Math.round(share * STEPS)]})`;

const images = new WeakMap(); // decoded array -> {theme: address of the image}: a shared map is painted once

export function heatImage({ values, rows, colors }, theme) {
  const known = images.get(values) || images.set(values, {}).get(values);
  const shades = palette(colors, theme);
  const columns = values.length / rows;
  const upsideDown = (i) => (rows - 1 - Math.floor(i / columns)) * columns + (i % columns);
  known[theme] ||= painted(columns, rows, (i) => shades[values[upsideDown(i)]]);
  return known[theme];
}

const bars = new Map();

export function barImage(colors, theme) {
  const key = colors + theme;
  if (!bars.has(key)) bars.set(key, painted(STEPS + 1, 1, (i) => palette(colors, theme)[i]));
  return bars.get(key);
}

// Which of −inf, nan, +inf the map holds, each with its colour.
export function specials(mark, theme) {
  const shades = palette(mark.colors, theme);
  return [0, 1, 2].filter((i) => mark.values.includes(STEPS + 1 + i)).map((i) => [SPECIAL_NAMES[i], `rgb(${shades[STEPS + 1 + i]})`]);
}
