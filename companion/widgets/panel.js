// One panel: axes, grid, legend and marks as an SVG of exactly `width` pixels, so that its text is never scaled.

import { html, show, svg } from "./dom.js";
import { htmlMarkup, parseMarkup, plainText, svgMarkup } from "./markup.js";
import { drawMarks, valuesOn } from "./marks.js";
import { domainOf, linearTicks, logTicks, makeScale, tickTexts, trueMinus, wholeTicks } from "./scales.js";
import { barImage, specials } from "./shades.js";

const LINE_HEIGHT = 16;
const CHARACTER = 6.7; // about, at 12 px
const SPILL = 5;
const RIGHT = 14; // room for half a tick's text

const textWidth = (text) => parseMarkup(text).reduce((sum, { kind, text: words }) => sum + words.length * CHARACTER * (kind === "sup" || kind === "sub" ? 0.76 : 1), 0);

function axisOf(name, panel, length) {
  const axis = panel[name];
  const kinds = new Set(panel.marks.map((mark) => mark.kind));
  const values = axis.domain ? [] : valuesOn(name, panel.marks);
  const points = kinds.has("path") || kinds.has("dot");
  const pad = kinds.has("heat") ? 0 : name === "y" || points ? 0.05 : kinds.has("bars") ? 0 : 0.02;
  const domain = axis.domain ? [...axis.domain] : domainOf(values, axis.log, pad);
  const counted = name === "x" && !axis.log && [...kinds].every((kind) => ["line", "band", "bars", "rule"].includes(kind));
  const whole = counted && valuesOn("x", panel.marks.filter((mark) => mark.kind !== "rule" && mark.kind !== "bars")).every(Number.isInteger);
  const count = Math.max(2, Math.floor(length / (name === "x" ? 64 : 44)));
  const ticks = (axis.log ? logTicks : whole ? wholeTicks : linearTicks)(...domain, count);
  return { ...axis, domain, ticks, texts: tickTexts(ticks, axis.log) };
}

// Bars bring their own names for the places on the x axis; too many are thinned.
function barLabels(panel, x, length) {
  const bars = panel.marks.find((mark) => mark.kind === "bars" && mark.labels.length);
  if (!bars) return;
  const widest = Math.max(...bars.labels.map(textWidth)) + 8;
  const every = Math.max(1, Math.ceil((widest * bars.labels.length) / length));
  x.ticks = bars.labels.map((_, i) => i + 1).filter((_, i) => i % every === 0);
  x.texts = x.ticks.map((tick) => bars.labels[tick - 1]);
}

function plotSize(panel, x, y, room) {
  let [width, height] = room;
  if (panel.equal && !x.log && !y.log) {
    const ratio = (x.domain[1] - x.domain[0]) / (y.domain[1] - y.domain[0]);
    height = Math.min(width / ratio, Math.max(height, 420));
    width = Math.min(width, height * ratio);
  }
  return [Math.round(width), Math.round(height)];
}

function axes(x, y, width, height) {
  const parts = [];
  const inside = (pixel, end) => pixel >= -0.5 && pixel <= end + 0.5;
  y.ticks.forEach((tick, i) => {
    const at = Math.round(y.scale.at(tick)) + 0.5;
    if (!inside(at, height + 1)) return;
    parts.push(svg("path", { class: "cw-grid", d: `M0,${at}H${width}` }));
    parts.push(svg("text", { x: -8, y: at, dy: "0.33em", "text-anchor": "end" }, svg("tspan", {}, ...svgMarkup(y.texts[i]))));
  });
  x.ticks.forEach((tick, i) => {
    const at = Math.round(x.scale.at(tick)) + 0.5;
    if (!inside(at, width + 1)) return;
    parts.push(svg("path", { class: "cw-tick", d: `M${at},${height}v5` }));
    parts.push(svg("text", { x: at, y: height + 18, "text-anchor": "middle" }, ...svgMarkup(x.texts[i])));
  });
  parts.push(svg("path", { class: "cw-axis", d: `M0,${height + 0.5}H${width}` }));
  return parts;
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
  }[mark.kind] || (() => [svg("path", { class: `cw-line ${role}${dash}`, d: "M0,7H24" }), ...(mark.markers ? [svg("circle", { class: `cw-marker ${role}`, cx: 12, cy: 7, r: 3 })] : [])]);
  return svg("svg", { class: "cw-swatch", width: 24, height: 14, "aria-hidden": "true" }, ...drawn());
}

const shortNumber = (value) => trueMinus(Number(value.toPrecision(3)).toString()).replace(/e\+?(.*)/, "·10^{$1}");

function heatKey(mark, theme) {
  const [low, high] = mark.limits;
  const image = html("span", { class: "cw-bar-image" });
  image.style.backgroundImage = `url(${barImage(mark.colors, theme)})`;
  const odd = specials(mark, theme).map(([name, color]) => {
    const box = html("span", { class: "cw-box" });
    box.style.background = color;
    return html("span", { class: "cw-key" }, box, name);
  });
  const name = mark.label ? [html("span", {}, ...htmlMarkup(mark.label))] : [];
  return [html("span", { class: "cw-key" }, ...name, html("span", {}, ...htmlMarkup(shortNumber(low))), image, html("span", {}, ...htmlMarkup(shortNumber(high)))), ...odd];
}

// Named marks that carry no label of their own, each name once.
function legend(panel, theme) {
  const shown = new Map();
  for (const mark of panel.marks) if (mark.name && ["line", "band", "bars", "path"].includes(mark.kind) && !shown.has(mark.name)) shown.set(mark.name, mark);
  const keys = [...shown].map(([name, mark]) => html("span", { class: "cw-key" }, swatch(mark), html("span", {}, ...htmlMarkup(name))));
  const heats = panel.marks.filter((mark) => mark.kind === "heat").flatMap((mark) => heatKey(mark, theme));
  return keys.length + heats.length ? [html("div", { class: "cw-legend", "aria-hidden": "true" }, ...keys, ...heats)] : [];
}

const drawn = new WeakMap(); // holder -> what stands around the marks there, kept while it stays the same, and its heat maps

// The marks and what surrounds them: title, legend, axes.
function surround(holder, panel, { x, y, theme, left, top, width, plotWidth, plotHeight }, marks) {
  const height = top + plotHeight + 24 + (x.label ? LINE_HEIGHT + 2 : 0);
  const parts = svg(
    "g",
    { transform: `translate(${left},${top})` },
    ...axes(x, y, plotWidth, plotHeight),
    svg("svg", frameOf(plotWidth, plotHeight), ...marks),
    svg("text", { class: "cw-axis-label", x: plotWidth, y: plotHeight + 36, "text-anchor": "end" }, ...svgMarkup(x.label)),
    svg("text", { class: "cw-axis-label", x: -left + 2, y: -16 }, ...svgMarkup(y.label)),
  );
  const picture = svg("svg", { class: "cw-svg", role: "img", width, height, viewBox: `0 0 ${width} ${height}` }, parts);
  const title = panel.title ? [html("div", { class: "cw-panel-title", "aria-hidden": "true" }, ...htmlMarkup(panel.title))] : [];
  show(holder, [...title, ...legend(panel, theme), picture]);
  return { plot: holder.querySelector(".cw-plot"), picture: holder.lastChild };
}

// All that the surroundings show, as a text.
function keyOf(panel, { x, y, ...place }) {
  const legends = panel.marks.map((mark) => {
    const { kind, name, label, role, dash, markers } = mark;
    const colours = kind === "heat" ? [mark.colors, [...mark.limits], [...mark.x], [...mark.y], specials(mark, place.theme)] : [];
    return [kind, name, label, role, dash, markers, ...colours];
  });
  return JSON.stringify([place, panel.title, legends, ...[x, y].map(({ domain, ticks, texts, label, log }) => [domain, ticks, texts, label, log])]);
}

// Draws into `holder` and returns {x, y, left, top, …}: the scales and the place of the plot, for clicks.
export function drawPanel(holder, panel, width, theme, description) {
  const y = axisOf("y", panel, panel.height);
  const left = Math.ceil(Math.max(24, ...y.texts.map(textWidth)) + 12);
  const x = axisOf("x", panel, width - left - RIGHT);
  barLabels(panel, x, width - left - RIGHT);
  const [plotWidth, plotHeight] = plotSize(panel, x, y, [width - left - RIGHT, panel.height]);
  x.scale = makeScale(x.log, x.domain, [0, plotWidth]);
  y.scale = makeScale(y.log, y.domain, [plotHeight, 0]);
  const top = y.label ? LINE_HEIGHT + 14 : 10;
  const around = { x, y, theme, left, top, width, plotWidth, plotHeight };
  const key = keyOf(panel, around);
  const before = drawn.get(holder);
  const same = before?.key === key;
  const kept = same ? before.kept : new WeakMap();
  const marks = drawMarks(panel.marks, { x: x.scale, y: y.scale, width: plotWidth, height: plotHeight, theme, kept, map: panel.equal });
  if (same) show(before.plot, marks);
  else drawn.set(holder, { key, kept, ...surround(holder, panel, around, marks) });
  const { picture } = drawn.get(holder);
  picture.setAttribute("aria-label", [plainText(panel.title || `${y.label} against ${x.label}`), description].filter(Boolean).join(". "));
  return { x: x.scale, y: y.scale, left, top, width: plotWidth, height: plotHeight, picture };
}
