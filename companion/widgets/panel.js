// One panel: axes, grid, legend and marks as an SVG of exactly `width` pixels, so that its text is never scaled.

import { axisOf, barLabels, drawAxes, textWidth } from "./axes.js";
import { beyondOf } from "./beyond.js";
import { html, show, svg } from "./dom.js";
import { htmlMarkup, plainText, svgMarkup } from "./markup.js";
import { drawMarks } from "./marks.js";
import { makeScale, shortNumber } from "./scales.js";
import { barImage, specials } from "./shades.js";

const LINE_HEIGHT = 16;
const SPILL = 5;
const RIGHT = 14; // room for half a tick's text

function plotSize(panel, x, y, room) {
  let [width, height] = room;
  if (panel.equal && !x.log && !y.log) {
    const ratio = (x.domain[1] - x.domain[0]) / (y.domain[1] - y.domain[0]);
    height = Math.min(width / ratio, Math.max(height, 420));
    width = Math.min(width, height * ratio);
  }
  return [Math.round(width), Math.round(height)];
}

// The marks are cut off at the frame, with room for half a marker.
function frameOf(width, height) {
  const [wide, high] = [width + 2 * SPILL, height + 2 * SPILL];
  return { class: "cw-plot", x: -SPILL, y: -SPILL, width: wide, height: high, viewBox: `${-SPILL} ${-SPILL} ${wide} ${high}` };
}

function swatch(mark) {
  const role = `cw-${mark.role}`;
  const dash = mark.dash || mark.kind === "rule" ? " cw-dash" : "";
  const drawn = {
    band: () => [svg("rect", { class: `cw-band ${role}`, x: 0, y: 2, width: 24, height: 10 })],
    bars: () => [svg("rect", { class: `cw-bar ${role}`, x: 6, y: 1, width: 12, height: 12 })],
    path: () => [svg("path", { class: `cw-walk ${role}`, d: "M1,7H23" }), svg("circle", { class: `cw-step ${role}`, cx: 12, cy: 7, r: 2.6 })],
    arrow: () => [svg("path", { class: `cw-shaft ${role}`, d: "M1,7H17" }), svg("path", { class: `cw-head ${role}`, d: "M23,7l-9,-4v8z" })],
  }[mark.kind] || (() => [svg("path", { class: `cw-line ${role}${dash}`, d: "M0,7H24" }), ...(mark.markers ? [svg("circle", { class: `cw-marker ${role}`, cx: 12, cy: 7, r: 3 })] : [])]);
  return svg("svg", { class: "cw-swatch", width: 24, height: 14, "aria-hidden": "true" }, ...drawn());
}

function heatKey(mark, theme) {
  const [low, high] = mark.limits;
  const image = html("img", { class: "cw-bar-image", src: barImage(mark.colors, theme), alt: "", "aria-hidden": "true" });
  const odd = (mark.kind === "heat" ? specials(mark, theme) : []).map(([name, color]) => {
    const box = svg("svg", { class: "cw-box", width: 12, height: 12 }, svg("rect", { width: 12, height: 12, rx: 2, fill: color }));
    return html("span", { class: "cw-key" }, box, name);
  });
  const name = mark.label ? [html("span", {}, ...htmlMarkup(mark.label))] : [];
  return [html("span", { class: "cw-key" }, ...name, html("span", {}, ...htmlMarkup(shortNumber(low))), image, html("span", {}, ...htmlMarkup(shortNumber(high)))), ...odd];
}

const FATES = ["vanishing", "healthy", "exploding"];

function networkKey(mark, theme) {
  const wire = (sign, words) => html("span", { class: "cw-key" }, svg("svg", { class: "cw-swatch", width: 24, height: 14 }, svg("path", { class: `cw-wire cw-${sign}`, "stroke-width": 3, d: "M0,7H24" })), words);
  const wires = mark.ends.length ? [wire("positive", "weight above 0"), wire("negative", "below 0"), html("span", {}, "wider, stronger: larger")] : [];
  const fates = mark.blame_texts.length || mark.fates.some(Boolean) ? FATES.map((fate) => html("span", { class: "cw-key" }, swatch({ role: fate }), fate)) : [];
  return [...(mark.colors ? heatKey({ ...mark, limits: mark.scale }, theme) : []), ...wires, ...(fates.length ? [html("span", {}, "blame:"), ...fates] : [])];
}

const hasKey = ({ kind, x }) => ["line", "band", "bars", "path"].includes(kind) || (kind === "arrow" && x.length > 2);

// Named marks that carry no label of their own, each name once; maps; and the part of the y axis that is shown.
function legend(panel, theme, { range }) {
  const shown = new Map();
  for (const mark of panel.marks) if (mark.name && hasKey(mark) && !shown.has(mark.name)) shown.set(mark.name, mark);
  const keys = [...shown].map(([name, mark]) => html("span", { class: "cw-key" }, swatch(mark), html("span", {}, ...htmlMarkup(name))));
  const heats = panel.marks.filter((mark) => mark.kind === "heat").flatMap((mark) => heatKey(mark, theme));
  const shownPart = range ? [html("span", { class: "cw-range" }, ...htmlMarkup(range))] : [];
  const all = [...keys, ...heats, ...panel.marks.filter((mark) => mark.kind === "network").flatMap((mark) => networkKey(mark, theme)), ...shownPart];
  return all.length ? [html("div", { class: "cw-legend", "aria-hidden": "true" }, ...all)] : [];
}

const drawn = new WeakMap(); // holder -> what stands around the marks there, kept while it stays the same, and its heat maps

// Where a click can put the sliders that the panel names: a small tick at the axis, or a cross for two of them.
function stopMarks([xs, ys], { x, y, height }) {
  const at = (values, { scale, domain }) => values.filter((value) => value >= domain[0] && value <= domain[1]).map((value) => Math.round(scale.at(value)) + 0.5);
  if (!xs) return [];
  const arm = ys && xs.length * ys.length > 100 ? 1 : 4; // many of them are dots, so that the map is still seen
  const d = at(xs, x).flatMap((px) => (ys ? at(ys, y).map((py) => `M${px - arm},${py}h${2 * arm}M${px},${py - arm}v${2 * arm}`) : [`M${px},${height - 7}v7`]));
  return [svg("path", { class: "cw-stop", d: d.join("") })];
}

// The marks and what surrounds them: title, legend, axes.
function surround(holder, panel, { x, y, theme, stops, left, top, width, plotWidth, plotHeight }, marks) {
  const height = top + plotHeight + (panel.bare ? 4 : 24) + (x.label ? LINE_HEIGHT + 2 : 0);
  const parts = svg(
    "g",
    { transform: `translate(${left},${top})` },
    ...drawAxes(x, y, plotWidth, plotHeight, panel.bare),
    svg("svg", frameOf(plotWidth, plotHeight), ...marks),
    ...stopMarks(stops, { x, y, height: plotHeight }),
    svg("text", { class: "cw-axis-label", x: plotWidth, y: plotHeight + 36, "text-anchor": "end" }, ...svgMarkup(x.label)),
    svg("text", { class: "cw-axis-label", x: -left + 2, y: -16 }, ...svgMarkup(y.label)),
  );
  const picture = svg("svg", { class: "cw-svg", role: "img", width, height, viewBox: `0 0 ${width} ${height}` }, parts);
  const title = panel.title ? [html("div", { class: "cw-panel-title", "aria-hidden": "true" }, ...htmlMarkup(panel.title))] : [];
  show(holder, [...title, ...legend(panel, theme, y), picture]);
  return { plot: holder.querySelector(".cw-plot"), picture: holder.lastChild };
}

// All that the surroundings show, as a text.
function keyOf(panel, { x, y, ...place }) {
  const legends = panel.marks.map((mark) => {
    const { kind, name, label, role, dash, markers } = mark;
    const colours = kind === "heat" ? [mark.colors, [...mark.limits], [...mark.x], [...mark.y], specials(mark, place.theme)] : [];
    const network = kind === "network" ? [mark.colors, [...mark.scale], mark.ends.length, mark.blame_texts.length || mark.fates.some(Boolean)] : [];
    return [kind, name, label, role, dash, markers, ...colours, ...network];
  });
  return JSON.stringify([place, panel.title, legends, ...[x, y].map(({ domain, range, ticks, texts, label, log }) => [domain, range, ticks, texts, label, log])]);
}

// Draws into `holder` and returns {x, y, left, top, …}: the scales and the place of the plot, for clicks and readings, and
// what lies `beyond` it. `stops` are the values to which a click in x and in y goes.
export function drawPanel(holder, panel, width, theme, description, stops = []) {
  const y = axisOf("y", panel, panel.height);
  const left = panel.bare ? SPILL : Math.ceil(Math.max(24, ...y.texts.map(textWidth)) + 12);
  const room = width - left - (panel.bare ? SPILL : RIGHT);
  const x = axisOf("x", panel, room);
  barLabels(panel, x, room);
  const [plotWidth, plotHeight] = plotSize(panel, x, y, [room, panel.height]);
  x.scale = makeScale(x.log, x.domain, [0, plotWidth]);
  y.scale = makeScale(y.log, y.domain, [plotHeight, 0]);
  const top = y.label ? LINE_HEIGHT + 14 : 10;
  const around = { x, y, theme, stops, left, top, width, plotWidth, plotHeight };
  const key = keyOf(panel, around);
  const before = drawn.get(holder);
  const same = before?.key === key;
  const kept = same ? before.kept : new WeakMap();
  const marks = drawMarks(panel.marks, { x: x.scale, y: y.scale, yAxis: y, width: plotWidth, height: plotHeight, theme, kept, map: panel.equal });
  if (same) show(before.plot, marks);
  else drawn.set(holder, { key, kept, ...surround(holder, panel, around, marks) });
  const { picture } = drawn.get(holder);
  picture.setAttribute("aria-label", [plainText(panel.title || (panel.bare ? "A network" : `${y.label} against ${x.label}`)), description, plainText(y.range)].filter(Boolean).map((part) => part.replace(/\.$/, "")).join(". ") + ".");
  return { x: x.scale, y: y.scale, axes: { x, y }, left, top, width: plotWidth, height: plotHeight, picture, beyond: beyondOf(panel, { x, y }) };
}
