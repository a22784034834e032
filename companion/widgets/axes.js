// The axes of a panel: their ends, their ticks, and how both are drawn.

import { svg } from "./dom.js";
import { parseMarkup, svgMarkup } from "./markup.js";
import { valuesOn } from "./marks.js";
import { domainOf, isDecades, linearTicks, logTicks, shortNumber, tickTexts, wholeTicks, windowOf } from "./scales.js";

const CHARACTER = 6.7; // about, at 12 px
const COUNTED = ["line", "band", "bars", "rule"];

export const textWidth = (text) => parseMarkup(text).reduce((sum, { kind, text: words }) => sum + words.length * CHARACTER * (kind === "sup" || kind === "sub" ? 0.76 : 1), 0);

// The ends that the author fixed (and the part of them that is shown), or those that the data need.
function endsOf(name, axis, panel, kinds) {
  if (!axis.domain) {
    const points = ["path", "dot", "arrow"].some((kind) => kinds.has(kind));
    const pad = kinds.has("heat") ? 0 : name === "y" || points ? 0.05 : kinds.has("bars") ? 0 : 0.02;
    return { domain: domainOf(valuesOn(name, panel.marks), axis.log, pad), range: "" };
  }
  const whole = [...axis.domain];
  const fits = name === "y" && !axis.log && !kinds.has("heat") && (axis.fit ?? isDecades(axis.label));
  if (!fits) return { domain: whole, range: "" };
  const domain = windowOf(whole, valuesOn(name, panel.marks));
  const [part, all] = [domain, whole].map(([low, high]) => `${shortNumber(low)} to ${shortNumber(high)}`);
  const range = part === all ? `axis: ${all}` : `axis: ${part}, a part of ${all}`;
  return { domain, range };
}

// Counted things stand at whole numbers; `first` is where their count begins, NaN where nothing is counted.
function firstOf(name, axis, panel, kinds) {
  if (name !== "x" || axis.log || ![...kinds].every((kind) => COUNTED.includes(kind))) return NaN;
  const places = valuesOn("x", panel.marks.filter((mark) => mark.kind !== "rule" && mark.kind !== "bars"));
  if (!places.every(Number.isInteger)) return NaN;
  return places.length ? places.reduce((least, place) => Math.min(least, place), Infinity) : 1;
}

export function axisOf(name, panel, length) {
  const axis = panel[name];
  const kinds = new Set(panel.marks.map((mark) => mark.kind));
  const { domain, range } = endsOf(name, axis, panel, kinds);
  const count = Math.max(2, Math.floor(length / (name === "x" ? 64 : 44)));
  const first = firstOf(name, axis, panel, kinds);
  const ticks = axis.log ? logTicks(...domain, count) : Number.isNaN(first) ? linearTicks(...domain, count) : wholeTicks(...domain, count, first);
  return { ...axis, domain, range, ticks, texts: tickTexts(ticks, axis.log) };
}

// Bars bring their own names for the places on the x axis; too many are thinned.
export function barLabels(panel, x, length) {
  const bars = panel.marks.find((mark) => mark.kind === "bars" && mark.labels.length);
  if (!bars) return;
  const widest = Math.max(...bars.labels.map(textWidth)) + 8;
  const every = Math.max(1, Math.ceil((widest * bars.labels.length) / length));
  x.ticks = bars.labels.map((_, i) => i + 1).filter((_, i) => i % every === 0);
  x.texts = x.ticks.map((tick) => bars.labels[tick - 1]);
}

export function drawAxes(x, y, width, height, bare) {
  if (bare) return [];
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
