// Draws each kind of mark in a plot's own coordinates. Values without a place are marked at the edge.

import { arrowPaths, shafts } from "./arrows.js";
import { contourPaths, levelsOf } from "./contours.js";
import { svg } from "./dom.js";
import { edges, exitMarks, leaves, sideOf } from "./edges.js";
import { svgMarkup } from "./markup.js";
import { network } from "./network.js";
import { isDecades } from "./scales.js";
import { damaged } from "./unpack.js";
import { heatImage, isStrong } from "./shades.js";

const MAP_LEVELS = 9;
const r1 = (pixel) => Math.round(pixel * 10) / 10;

// x is 1, 2, 3 … where the author gave none.
export const xOf = (mark, length) => mark.x || Float64Array.from({ length }, (_, i) => i + 1);

// Runs of points that have a place on both axes; `values` of a run are its ys.
function runs(xs, ys, { x, y }) {
  const found = [];
  let open = null;
  for (let i = 0; i < ys.length; i++) {
    if (x.place(xs[i]) || y.place(ys[i])) open = null;
    else {
      if (!open) found.push((open = Object.assign([], { values: [] })));
      open.push([r1(x.at(xs[i])), r1(y.at(ys[i]))]);
      open.values.push(ys[i]);
    }
  }
  return found;
}

const pathThrough = (points) => "M" + points.map((point) => point.join(",")).join("L");

function line(mark, plot) {
  const xs = xOf(mark, mark.y.length);
  const pieces = runs(xs, mark.y, plot);
  const lonely = (points) => mark.markers || points.length === 1;
  return [
    ...(plot.busy ? [svg("path", { class: "cw-halo", d: pieces.map(pathThrough).join("") })] : []),
    ...pieces.filter((points) => points.length > 1).map((points) => svg("path", { class: `cw-line cw-${mark.role}${mark.dash ? " cw-dash" : ""}`, d: pathThrough(points) })),
    ...pieces.filter(lonely).flatMap((points) => points.map(([cx, cy]) => svg("circle", { class: `cw-marker cw-${mark.role}`, cx, cy, r: 3 }))),
    ...edges(xs, mark.y, mark.role, plot),
    ...pieces.flatMap((points) => exitMarks(points, mark.role, plot, points.values)),
  ];
}

function band(mark, plot) {
  const xs = xOf(mark, mark.low.length);
  const { y, height } = plot;
  // An end at infinity is drawn to the frame: the band has that end, out of sight.
  const cut = (value) => (y.place(value) === "under" ? y.invert(height + 9) : y.place(value) === "over" ? y.invert(-9) : value);
  const low = Array.from(mark.low, cut);
  const both = Array.from(mark.high, (value, i) => (y.place(low[i]) ? NaN : cut(value)));
  const top = runs(xs, both, plot);
  const bottom = runs(xs, low.map((value, i) => (y.place(both[i]) ? NaN : value)), plot);
  return top.map((points, i) => svg("path", { class: `cw-band cw-${mark.role}`, d: pathThrough([...points, ...bottom[i].slice().reverse()]) + "Z" }));
}

function bars(mark, plot) {
  const { x, y, height } = plot;
  const xs = xOf({}, mark.heights.length);
  const thick = Math.max(1, Math.min(46, 0.72 * Math.abs(x.at(2) - x.at(1))));
  const zero = y.log || isDecades(plot.yAxis.label) ? height : Math.max(0, Math.min(height, y.at(0)));
  const drawn = Array.from(mark.heights, (value, i) => {
    if (y.place(value)) return [];
    const tip = Math.max(-9, Math.min(height + 9, y.at(value)));
    return [svg("rect", { class: `cw-bar cw-${mark.role}`, x: r1(x.at(i + 1) - thick / 2), width: r1(thick), y: r1(Math.min(tip, zero)), height: r1(Math.max(Math.abs(tip - zero), 1)) })];
  });
  const beyond = Array.from(mark.heights, (value, i) => (y.place(value) ? [] : exitMarks([[x.at(i + 1), y.at(value)]], mark.role, plot, [value])));
  return [...drawn.flat(), svg("path", { class: "cw-zero", d: `M0,${r1(zero)}H${plot.width}` }), ...beyond.flat(), ...edges(xs, mark.heights, mark.role, plot)];
}

// The first and the last value lie on the ends, so the image of cells is half a cell larger on every side.
function heatSketch(mark, { x, y, width, height, theme, map }) {
  const [columns, rows] = [mark.values.length / mark.rows, mark.rows];
  const [left, top] = [x.at(mark.x[0]), y.at(mark.y[1])];
  const wide = (x.at(mark.x[1]) - left) / Math.max(columns - 1, 1);
  const high = (y.at(mark.y[0]) - top) / Math.max(rows - 1, 1);
  const box = { x: r1(left - wide / 2), y: r1(top - high / 2), width: r1(wide * columns), height: r1(high * rows) };
  const levels = levelsOf(mark.contours ?? (map ? MAP_LEVELS : 0));
  const lines = contourPaths(mark.values, rows, levels).map((d, i) => {
    const place = `matrix(${wide} 0 0 ${-high} ${left} ${top + high * (rows - 1)})`;
    return svg("path", { class: `cw-contour${isStrong(mark.colors, (i + 1) / (levels.length + 1)) ? " cw-over" : ""}`, d, transform: place });
  });
  const image = svg("image", { class: "cw-heat", href: heatImage(mark, theme), ...box, preserveAspectRatio: "none" });
  return [svg("svg", { width, height }, image, ...lines)];
}

// A map that stays is not drawn again: its sketch is kept with what surrounds it.
function heat(mark, plot) {
  if (!plot.kept.has(mark.values)) plot.kept.set(mark.values, heatSketch(mark, plot));
  return plot.kept.get(mark.values);
}

function path(mark, plot) {
  const pieces = runs(mark.x, mark.y, plot);
  const all = pieces.flat();
  if (!all.length) return edges(mark.x, mark.y, mark.role, plot);
  const small = all.length > 60 ? 1.6 : 2.4;
  const d = pieces.map(pathThrough).join("");
  const [start, end] = [all[0], all[all.length - 1]];
  return [
    svg("path", { class: "cw-halo", d }),
    svg("path", { class: `cw-walk cw-${mark.role}`, d }),
    ...all.slice(1, -1).map(([cx, cy]) => svg("circle", { class: `cw-step cw-${mark.role}`, cx, cy, r: small })),
    svg("circle", { class: `cw-start cw-${mark.role}`, cx: start[0], cy: start[1], r: 5.5 }),
    svg("path", { class: `cw-end cw-${mark.role}`, d: `M${end[0]},${end[1]}m-6,0l6,-6l6,6l-6,6z` }),
    ...edges(mark.x, mark.y, mark.role, plot),
    ...pieces.flatMap((points) => exitMarks(points, mark.role, plot)),
    ...leaves(end, mark.role, plot),
  ];
}

function label(text, px, py, { width, height }, role) {
  const anchor = px > width * 0.7 ? "end" : "start";
  const x = px + (anchor === "end" ? -9 : 9);
  const y = Math.max(12, Math.min(height - 5, py - 7));
  return svg("text", { class: `cw-label cw-${role}`, x: r1(x), y: r1(y), "text-anchor": anchor }, ...svgMarkup(text));
}

function dot(mark, plot) {
  const [vx, vy] = [mark.x[0], mark.y[0]];
  if (plot.x.place(vx) || plot.y.place(vy)) return edges([vx], [vy], mark.role, plot);
  const [cx, cy] = [r1(plot.x.at(vx)), r1(plot.y.at(vy))];
  if (sideOf([cx, cy], plot)) return [...exitMarks([[cx, cy]], mark.role, plot), ...leaves([cx, cy], mark.role, plot)];
  const circle = svg("circle", { class: `cw-dot cw-${mark.role}`, cx, cy, r: 5.5 });
  return mark.name ? [circle, label(mark.name, cx, cy, plot, mark.role)] : [circle];
}

function arrow(mark, plot) {
  const all = shafts(mark, plot);
  return all.flatMap(([start, tip], i) => {
    const [xs, ys] = [mark.x, mark.y].map((values) => values.slice(2 * i, 2 * i + 2));
    if (xs.some(plot.x.place) || ys.some(plot.y.place)) return edges(xs, ys, mark.role, plot);
    const { shaft, head, long } = arrowPaths(start, tip);
    if (long < 2) return [svg("circle", { class: `cw-marker cw-${mark.role}`, cx: r1(start[0]), cy: r1(start[1]), r: 3.5 })];
    const paths = [svg("path", { class: "cw-halo", d: shaft }), svg("path", { class: `cw-shaft cw-${mark.role}`, d: shaft }), svg("path", { class: `cw-head cw-${mark.role}`, d: head })];
    const named = mark.name && all.length === 1 && !sideOf(tip, plot) ? [label(mark.name, ...tip, plot, mark.role)] : [];
    return [...paths, ...exitMarks([start, tip], mark.role, plot), ...(all.length === 1 ? leaves(tip, mark.role, plot) : []), ...named];
  });
}

function rule(mark, plot) {
  const upright = "x" in mark;
  const [scale, value] = upright ? [plot.x, mark.x[0]] : [plot.y, mark.y[0]];
  if (scale.place(value)) return [];
  const at = r1(scale.at(value));
  const drawn = [svg("path", { class: `cw-rule cw-${mark.role}`, d: upright ? `M${at},0V${plot.height}` : `M0,${at}H${plot.width}` })];
  const visible = at >= 0 && at <= (upright ? plot.width : plot.height);
  if (mark.name && visible) {
    drawn.push(
      upright
        ? label(mark.name, at - 3, 19, plot, mark.role)
        : svg("text", { class: `cw-label cw-${mark.role}`, x: plot.width - 4, y: at < 11 ? at + 14 : at - 5, "text-anchor": "end" }, ...svgMarkup(mark.name)),
    );
  }
  return drawn;
}

const DRAW = { line, band, bars, heat, path, arrow, dot, rule, network };
const LEVELS = ["heat", "network", "band", "bars", "rule", "line", "path", "arrow", "dot"];
const level = (mark) => LEVELS.indexOf(mark.kind) + (mark.dash ? 0.5 : 0);

// Areas below lines below points, and dashes over what they coincide with, whatever order the author listed them in.
export function drawMarks(marks, plot) {
  if (!marks.every(({ kind }) => LEVELS.includes(kind))) throw damaged("a part of its picture is of no known kind");
  const sorted = [...marks].sort((a, b) => level(a) - level(b));
  const busy = sorted[0]?.kind === "heat"; // lines need a halo there
  const frame = { ...plot, busy, said: [] };
  const drawn = sorted.flatMap((mark) => DRAW[mark.kind](mark, frame));
  const isText = ({ tag }) => tag === "text";
  return [...drawn.filter((each) => !isText(each)), ...drawn.filter(isText)]; // words above what they name
}

// The values that an axis without a domain must show.
export function valuesOn(axis, marks) {
  const all = [];
  for (const mark of marks) {
    const length = (mark.y || mark.low || mark.heights || []).length;
    const found = axis === "y" ? [mark.y, mark.low, mark.high, mark.heights] : mark.kind === "rule" || mark.kind === "heat" ? [mark.x] : [xOf(mark, length)];
    for (const values of found) if (values) all.push(...values);
    if (mark.kind === "bars") all.push(...(axis === "y" ? [0] : [0.4, mark.heights.length + 0.6]));
  }
  return all;
}
