// The edge of a plot: marks for what has no place in it (infinite, no number) and for what runs out of it.

import { svg } from "./dom.js";
import { svgMarkup } from "./markup.js";
import { readNumber } from "./scales.js";

const EDGE_TEXT = { under: "−∞", over: "∞", nan: "NaN" };
const [WORD, LONG_WORD] = [26, 90]; // pixels that "NaN" takes, and "to 10^−12.3"
const SLACK = 4; // pixels beyond the frame that still count as inside it
const MOST = 8; // exits of one mark that are marked
const r1 = (pixel) => Math.round(pixel * 10) / 10;

// Triangles at the edge for −∞ (bottom) and ∞ (top), a cross for NaN just below ∞, where it comes from; the first of a run says
// what it is, unless another mark has said the same there.
export function edges(xs, ys, role, { x, y, width, height, said }) {
  const shapes = [];
  let before = "";
  for (let i = 0; i < ys.length; i++) {
    const kind = x.place(xs[i]) ? "" : y.place(ys[i]);
    if (kind) {
      const [px, py] = [r1(x.at(xs[i])), { under: height - 6, over: 6, nan: 20 }[kind]];
      const shape = { under: "m-4,-3h8l-4,6z", over: "m-4,3h8l-4,-6z", nan: "m-3,-3l6,6m0,-6l-6,6" }[kind];
      shapes.push(svg("path", { d: `M${px},${py}${shape}` }));
      if (kind !== before && !said.some((other) => other.kind === kind && Math.abs(other.px - px) < WORD)) {
        said.push({ kind, px });
        const anchor = px > width - 40 ? "end" : "start";
        shapes.push(svg("text", { x: px + (anchor === "end" ? -7 : 7), y: { under: height - 11, over: 14, nan: 28 }[kind], "text-anchor": anchor }, EDGE_TEXT[kind]));
      }
    }
    before = kind;
  }
  return shapes.length ? [svg("g", { class: `cw-edge cw-${role}` }, ...shapes)] : [];
}

export function sideOf([px, py], { width, height }) {
  if (py < -SLACK) return "above";
  if (py > height + SLACK) return "below";
  return px < -SLACK ? "left" : px > width + SLACK ? "right" : "";
}

// Where the way from a point inside to one outside meets the edge.
function crossing([ax, ay], [bx, by], side, { width, height }) {
  const upright = side === "above" || side === "below";
  const edge = { above: 0, below: height, left: 0, right: width }[side];
  const share = upright ? (edge - ay) / (by - ay) : (edge - ax) / (bx - ax);
  return upright ? [ax + share * (bx - ax), edge] : [edge, ay + share * (by - ay)];
}

// Where a line through `points` runs out of the frame: one place for each way out, [{at, side, from, to}] by index.
export function exits(points, plot) {
  const sides = points.map((point) => sideOf(point, plot));
  const found = [];
  for (let from = 0; from < points.length; from++) {
    if (!sides[from]) continue;
    let to = from;
    while (sides[to + 1] === sides[from]) to++;
    const middle = points[(from + to) >> 1];
    const seen = (i) => i >= 0 && i < points.length && sides[i] !== sides[from];
    const at = seen(from - 1) ? crossing(points[from - 1], points[from], sides[from], plot) : seen(to + 1) ? crossing(points[to + 1], points[to], sides[from], plot) : middle;
    found.push({ at, side: sides[from], from, to });
    from = to;
  }
  return found;
}

const ARROW = { above: "m-5,9h10l-5,-8z", below: "m-5,-9h10l-5,8z", left: "m9,-5v10l-8,-5z", right: "m-9,-5v10l8,-5z" };
const inFrame = ([px, py], { width, height }) => [Math.max(0, Math.min(width, px)), Math.max(0, Math.min(height, py))];

// A triangle at each way out, in the colour of the mark; with `values` (one a point) the first says how far it goes.
export function exitMarks(points, role, plot, values = null) {
  const shapes = [];
  for (const { at, side, from, to } of exits(points, plot).slice(0, MOST)) {
    const [px, py] = inFrame(at, plot).map(r1);
    if (plot.said.some((other) => other.kind === side && Math.hypot(other.px - px, other.py - py) < 12)) continue;
    shapes.push(svg("path", { d: `M${px},${py}${ARROW[side]}` }));
    const silent = plot.said.some((other) => other.kind === side && other.spoke && Math.abs(other.px - px) < LONG_WORD);
    plot.said.push({ kind: side, px, py, spoke: Boolean(values) && !silent });
    if (!values || silent || (side !== "above" && side !== "below")) continue;
    const part = Array.from(values.slice(from, to + 1));
    const far = side === "above" ? Math.max(...part) : Math.min(...part);
    const room = px > LONG_WORD && (px > plot.width - LONG_WORD || from === 0); // beside the way out, not over the line
    const anchor = room ? "end" : "start";
    const place = { x: r1(px + (room ? -8 : 8)), y: side === "above" ? 13 : plot.height - 6, "text-anchor": anchor };
    shapes.push(svg("text", place, ...svgMarkup(`to ${readNumber(far, plot.yAxis)}`)));
  }
  return shapes.length ? [svg("g", { class: `cw-edge cw-exit cw-${role}` }, ...shapes)] : [];
}

// A point beyond the frame is pointed at from the nearest place inside.
export function leaves([px, py], role, { width, height }) {
  const arrow = px > width ? "→" : px < 0 ? "←" : py < 0 ? "↑" : py > height ? "↓" : "";
  if (!arrow) return [];
  const [x, y] = [Math.max(5, Math.min(width - 5, px)), Math.max(14, Math.min(height - 7, py))];
  const anchor = x > width * 0.6 ? "end" : "start";
  return [svg("text", { class: `cw-edge cw-${role}`, x: r1(x), y: r1(y), "text-anchor": anchor }, anchor === "end" ? `outside the frame ${arrow}` : `${arrow} outside the frame`)];
}
