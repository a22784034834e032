// A network: nodes filled by value, edges the wider the larger their weight, blame in the colour of its fate, numbers where there is
// room for them; a layer of a large one is a strip of cells. All shares and fates were computed by drawing.py.

import { arrowPaths, awayFrom } from "./arrows.js";
import { svg } from "./dom.js";
import { svgMarkup } from "./markup.js";
import { shortNumber } from "./scales.js";
import { shadeColor } from "./shades.js";

const [UNKNOWN, LEVELS] = [255, 16]; // no share is known; so many fills are told apart
const FATES = ["", "vanishing", "healthy", "exploding"];
const [THIN, WIDE] = [1, 5]; // pixels, of an edge
const [NODE, CELL] = [27, 0.62]; // pixels of the largest node; share of its column that a strip takes
const LETTER = 7; // pixels of a digit on an edge, whose paper interrupts the edge
const NEAR = 24;
const r1 = (pixel) => Math.round(pixel * 10) / 10;
const share = (byte) => (byte === UNKNOWN ? NaN : (byte - 100) / 100);

// Pixels: the middle of each node, their radius, and the room between columns and rows.
function layout(mark, { x, y, height }) {
  const at = Array.from(mark.x, (value, i) => [x.at(value), y.at(mark.y[i])]);
  const across = at[mark.sizes[0]][0] - at[0][0];
  const down = (height * (mark.labels.length ? 0.9 : 1)) / Math.max(...mark.sizes);
  return { at, across, down, radius: Math.max(3, Math.min(NODE, 0.21 * across, (mark.value_texts.length ? 0.24 : 0.4) * down)) };
}

const edgesOf = (mark) => Array.from({ length: mark.ends.length / 2 }, (_, i) => [mark.ends[2 * i], mark.ends[2 * i + 1]]);
const signOf = (part) => (Number.isNaN(part) ? "unknown" : part < 0 ? "negative" : "positive");

// Elements of one look share one path: `looks` is {key: {attributes, d}}.
function gather(looks, key, attributes, d) {
  (looks[key] ||= { attributes, d: [] }).d.push(d);
}
const pathsOf = (looks) => Object.values(looks).map(({ attributes, d }) => svg("path", { ...attributes, d: d.join("") }));

function wires(mark, { at }) {
  const looks = {};
  edgesOf(mark).forEach(([below, above], i) => {
    const part = share(mark.widths[i]);
    const width = Math.round(THIN + (WIDE - THIN) * Math.sqrt(Math.abs(part || 0))); // by the root: one large weight leaves the others seen
    gather(looks, `${signOf(part)}${width}`, { class: `cw-wire cw-${signOf(part)}`, "stroke-width": width }, `M${at[below].map(r1)}L${at[above].map(r1)}`);
  });
  return pathsOf(looks);
}

// What goes along the active edges: the signal forward, in ink, or the blame back.
function messages(mark, { at, radius }) {
  return edgesOf(mark).flatMap(([below, above], i) => {
    if (!mark.lit_edges[i]) return [];
    const [from, to] = mark.way === "back" ? [above, below] : [below, above];
    const role = mark.way === "back" ? FATES[mark.fates[below]] || FATES[mark.fates[above]] || "healthy" : "healthy";
    const long = Math.hypot(at[to][0] - at[from][0], at[to][1] - at[from][1]);
    const cut = (node, other) => [0, 1].map((k) => at[node][k] + ((at[other][k] - at[node][k]) * (radius + 3)) / long);
    const { shaft, head } = arrowPaths(cut(from, to), cut(to, from));
    return [svg("path", { class: "cw-halo", d: shaft }), svg("path", { class: `cw-shaft cw-${role}`, d: shaft }), svg("path", { class: `cw-head cw-${role}`, d: head })];
  });
}

function nodes(mark, { at, radius }) {
  return at.map(([cx, cy], i) => {
    const part = share(mark.fill[i]);
    const fate = FATES[mark.fates[i]];
    const lit = mark.lit[i] ? ` cw-lit${mark.way === "back" && fate ? ` cw-${fate}` : " cw-healthy"}` : fate ? ` cw-blamed cw-${fate}` : "";
    return svg("g", { class: `cw-node cw-${signOf(part)}${lit}` }, svg("circle", { class: "cw-node-paper", cx: r1(cx), cy: r1(cy), r: r1(radius) }), svg("circle", { class: "cw-node-fill", cx: r1(cx), cy: r1(cy), r: r1(radius), "fill-opacity": r1(0.5 * Math.abs(part || 0)) }));
  });
}

function text(words, x, y, role, more = "") {
  return svg("text", { class: `cw-figure${role ? ` cw-said cw-${role}` : ""}${more}`, x: r1(x), y: r1(y), "text-anchor": "middle" }, ...svgMarkup(words));
}

function numbers(mark, { at, radius }) {
  const [papers, drawn] = [[], []];
  const onPaper = (words, px, py, role) => {
    const wide = LETTER * words.length + 4;
    papers.push(svg("rect", { class: "cw-node-paper", x: r1(px - wide / 2), y: r1(py - 12), width: r1(wide), height: 15 }));
    drawn.push(text(words, px, py, role));
  };
  edgesOf(mark).forEach(([below, above], i) => {
    const alone = mark.sizes[mark.sizes.length - 1] === 1 && above === at.length - 1;
    const t = alone ? 0.48 : Math.abs(at[above][1] - at[below][1]) < 1 ? 0.5 : 0.36; // clear of the heads of arrows, and of crossings
    const [px, py] = [0, 1].map((k) => at[below][k] + t * (at[above][k] - at[below][k]));
    const slope = mark.slope_texts[i];
    if (mark.weight_texts[i]) onPaper(mark.weight_texts[i], px, py + (slope ? -2 : 4));
    if (slope) onPaper(`∂ ${slope}`, px, py + 12, FATES[mark.fates[above]] || "theory");
  });
  at.forEach(([px, py], i) => {
    if (mark.value_texts[i]) drawn.push(text(mark.value_texts[i], px, py + 4.5, "", " cw-value-text"));
    if (mark.note_texts[i]) drawn.push(text(mark.note_texts[i], px, py - radius - 7));
    if (mark.blame_texts[i]) drawn.push(text(`δ ${mark.blame_texts[i]}`, px, py + radius + 15, FATES[mark.fates[i]] || "theory"));
  });
  return [...papers, ...drawn];
}

// How a cell of this fill looks: its class, and its colour or strength.
function cellLook(byte, { colors }, theme) {
  const part = share(byte);
  if (byte === UNKNOWN) return { class: "cw-cell cw-unknown" };
  if (colors) return { class: "cw-cell", stroke: shadeColor(colors, part, theme) };
  return { class: `cw-cell cw-${signOf(part)}`, "stroke-opacity": r1((0.9 * Math.round(Math.abs(part) * LEVELS)) / LEVELS) };
}

// A cell is a thick short line: half as much to write, and to read for the browser, as a rectangle.
function strips(mark, { at, across, down }, theme) {
  const [looks, frames, open, bars, known] = [{}, [], [], {}, {}]; // an open frame: nothing is known of what it holds
  const wide = r1(CELL * across);
  const each = mark.fill.length !== mark.sizes.length; // a byte a node, or one a layer
  let start = 0;
  mark.sizes.forEach((size, layer) => {
    const [left, top, high] = [r1(at[start][0] - wide / 2), r1(at[start][1] - down / 2), r1(size * down)];
    const cell = each ? down : high;
    for (let i = 0; i < (each ? size : 1); i++) {
      const byte = mark.fill[each ? start + i : layer];
      const look = (known[each ? byte : byte + high] ||= { ...cellLook(byte, mark, theme), "stroke-width": r1(cell) });
      gather(looks, look.class + (look.stroke ?? look["stroke-opacity"]) + (each ? "" : high), look, `M${left},${r1(top + (i + 0.5) * cell)}h${wide}`);
    }
    const bytes = each ? mark.fill.subarray(start, start + size) : mark.fill.subarray(layer, layer + 1);
    (bytes.every((byte) => byte === UNKNOWN) ? open : frames).push(`M${left},${top}h${wide}v${high}h${-wide}z`);
    const fate = FATES[mark.fates[layer]];
    if (fate) gather(bars, fate, { class: `cw-fate cw-${fate}` }, `M${left},${r1(top + high + 3)}h${wide}v5h${-wide}z`);
    start += size;
  });
  const framed = [["", frames], [" cw-unknown", open]].filter(([, paths]) => paths.length);
  return [...pathsOf(looks), ...framed.map(([more, paths]) => svg("path", { class: `cw-strip-frame${more}`, d: paths.join("") })), ...pathsOf(bars)];
}

function columnLabels(mark, { at, across }, height) {
  const every = Math.max(1, Math.ceil((Math.max(0, ...mark.labels.map((label) => label.length)) * 6.5 + 4) / across));
  let start = 0;
  return mark.labels.flatMap((label, i) => {
    const px = at[start][0];
    start += mark.sizes[i];
    return label && i % every === 0 ? [text(label, px, height - 3, "", " cw-column")] : [];
  });
}

export function network(mark, plot) {
  const place = layout(mark, plot);
  const body = mark.strips ? strips(mark, place, plot.theme) : [...wires(mark, place), ...messages(mark, place), ...nodes(mark, place), ...numbers(mark, place)];
  return [...body, ...columnLabels(mark, place, plot.height)];
}

// --- reading ---------------------------------------------------------------------------------------------------------

const layerOf = (mark, node) => mark.sizes.reduce(([layer, unit], size, l) => (layer < 0 && unit < size ? [l, unit] : layer < 0 ? [-1, unit - size] : [layer, unit]), [-1, node]);

function nameOf(mark, node) {
  const [layer, unit] = layerOf(mark, node);
  return `${mark.labels[layer] || (layer ? `layer ${layer}` : "inputs")}, unit ${unit + 1}`;
}

function nodeText(mark, node) {
  const [low, high] = mark.scale;
  const part = share(mark.fill[mark.fill.length === mark.x.length ? node : layerOf(mark, node)[0]]);
  const value = mark.value_texts[node] || (Number.isNaN(part) ? "not yet known" : shortNumber(low + part * (high - low), 2));
  const fate = FATES[mark.fates[mark.fates.length === mark.x.length ? node : layerOf(mark, node)[0]]];
  const blame = [mark.blame_texts[node], fate].filter(Boolean).join(", ");
  return [nameOf(mark, node), `${mark.label}: ${value}`, mark.note_texts[node], blame && `blame: ${blame}`];
}

function edgeText(mark, i) {
  const [below, above] = edgesOf(mark)[i];
  const weight = mark.weight_texts[i];
  return [`from ${nameOf(mark, below)}`, `to ${nameOf(mark, above)}`, weight && `weight: ${weight}`, mark.slope_texts[i] && `slope of the loss: ${mark.slope_texts[i]}`];
}

// What is drawn nearest to a place of the plot, in lines of text; [] where nothing is near.
export function readNetwork(mark, at, plot) {
  const place = layout(mark, plot);
  const nearest = (away) => away.reduce((best, each, i) => (each < away[best] ? i : best), 0);
  const nodeAway = place.at.map(([px, py]) => Math.hypot((px - at[0]) * (mark.strips ? (2 * NEAR) / place.across : 1), py - at[1]));
  const node = nearest(nodeAway);
  if (nodeAway[node] <= Math.max(place.radius + 4, mark.strips ? NEAR : 0)) return nodeText(mark, node).filter(Boolean);
  const edgeAway = edgesOf(mark).map((ends) => awayFrom(at, ends.map((end) => place.at[end])));
  const edge = nearest(edgeAway);
  return edgeAway[edge] <= NEAR ? edgeText(mark, edge).filter(Boolean) : [];
}

// The node that an arrow key goes to, as a place in the plot: across to the next layer, up and down within one.
export function stepNetwork(mark, at, plot, [dx, dy]) {
  const place = layout(mark, plot);
  if (!at) return place.at[0];
  const away = ([px, py]) => Math.hypot(px - at[0], py - at[1]);
  const here = place.at.reduce((best, each, i) => (away(each) < away(place.at[best]) ? i : best), 0);
  const [layer, unit] = layerOf(mark, here);
  const aim = Math.max(0, Math.min(mark.sizes.length - 1, layer + dx));
  const row = Math.max(0, Math.min(mark.sizes[aim] - 1, dx ? Math.round(((unit + 0.5) / mark.sizes[layer]) * mark.sizes[aim] - 0.5) : unit + dy));
  return place.at[mark.sizes.slice(0, aim).reduce((sum, size) => sum + size, 0) + row];
}
