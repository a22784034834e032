// Values read off a panel: under the pointer, under a finger, or, with the panel in focus, by arrow keys.

import { awayFrom, shafts } from "./arrows.js";
import { html } from "./dom.js";
import { htmlMarkup } from "./markup.js";
import { xOf } from "./marks.js";
import { readNetwork, stepNetwork } from "./network.js";
import { isDecades, readNumber, shortNumber, valueName } from "./scales.js";

const NEAR = 28; // pixels within which a point is read
const STEP = 1 / 24; // of the panel, for arrow keys on a map
const [SHADES, SPECIAL] = [252, ["−∞", "not a number", "∞"]];
const SUMMED = { line: "the line", band: "the band", bars: "" };

function nearestIndex(xs, px, scale) {
  let [best, distance] = [-1, Infinity];
  for (let i = 0; i < xs.length; i++) {
    const away = Math.abs(scale.at(xs[i]) - px);
    if (away < distance) [best, distance] = [i, away];
  }
  return [best, distance];
}

function nearestPoint(mark, [px, py], { x, y }) {
  let [best, distance] = [-1, Infinity];
  for (let i = 0; i < mark.x.length; i++) {
    const away = Math.hypot(x.at(mark.x[i]) - px, y.at(mark.y[i]) - py);
    if (away < distance) [best, distance] = [i, away];
  }
  return distance < NEAR ? best : -1;
}

// The arrow that passes nearest, or -1.
function nearestArrow(mark, at, place) {
  const away = shafts(mark, place).map((shaft) => awayFrom(at, shaft));
  const least = Math.min(...away);
  return least < NEAR ? away.indexOf(least) : -1;
}

function heatText(mark, [px, py], { x, y }) {
  const [columns, rows] = [mark.values.length / mark.rows, mark.rows];
  const share = (value, [low, high]) => (value - low) / (high - low);
  const column = Math.round(share(x.invert(px), mark.x) * (columns - 1));
  const row = Math.round(share(y.invert(py), mark.y) * (rows - 1));
  if (column < 0 || row < 0 || column >= columns || row >= rows) return "";
  const shade = mark.values[row * columns + column];
  const [low, high] = mark.limits;
  const ends = shade === 0 ? "≤ " : shade === SHADES ? "≥ " : "";
  const text = shade > SHADES ? SPECIAL[shade - SHADES - 1] : ends + shortNumber(low + (shade / SHADES) * (high - low), 2);
  return `${mark.label ? valueName(mark.label) : "value"}: ${isDecades(mark.label) && shade <= SHADES ? `${ends}10^{${text.replace(ends, "")}}` : text}`;
}

// The texts at one place of the plot, and the pixel at which the first series has its value.
function readAt(panel, place, at) {
  if (panel.bare) return { texts: panel.marks.flatMap((mark) => readNetwork(mark, at, place)), px: at[0] };
  const { x, y } = place.axes;
  const [texts, xNames] = [[], []];
  let snapped = null;
  const map = panel.marks.some((mark) => mark.kind === "heat");
  for (const mark of panel.marks) {
    if (map && mark.kind === "line" && !mark.name) continue; // a drawing on the map, such as arrows
    if (mark.kind === "heat") texts.push(heatText(mark, at, place));
    else if (mark.kind === "path" || mark.kind === "dot") {
      const i = nearestPoint(mark, at, place);
      const where = (j) => `(${readNumber(mark.x[j], x)}, ${readNumber(mark.y[j], y)})`;
      if (i >= 0) texts.push(`${mark.name || (mark.kind === "dot" ? "the point" : "the walk")}${mark.kind === "path" ? `, step ${i}` : ""}: ${where(i)}`);
    } else if (mark.kind === "arrow") {
      const i = nearestArrow(mark, at, place);
      const [start, tip] = [2 * i, 2 * i + 1].map((j) => `(${readNumber(mark.x[j], x)}, ${readNumber(mark.y[j], y)})`);
      if (i >= 0) texts.push(`${mark.name || "the arrow"}: from ${start} to ${tip}`);
    } else if (mark.kind in SUMMED) {
      const values = mark.y || mark.heights || mark.low;
      const xs = mark.kind === "bars" ? xOf({}, values.length) : xOf(mark, values.length);
      const [i, distance] = nearestIndex(xs, snapped ?? at[0], place.x);
      if (i < 0 || distance > NEAR) continue;
      snapped ??= place.x.at(xs[i]);
      if (!xNames.length) xNames.push(mark.labels?.[i] ?? `${valueName(x.label) || "x"} ${Number.isInteger(xs[i]) ? xs[i] : readNumber(xs[i], x)}`);
      const value = mark.kind === "band" ? `${readNumber(mark.low[i], y)} to ${readNumber(mark.high[i], y)}` : readNumber(values[i], y);
      texts.push(`${mark.name || (mark.kind === "band" ? "band" : valueName(y.label) || "value")}: ${value}`);
    }
  }
  if (snapped === null) xNames.push(`(${readNumber(place.x.invert(at[0]), x)}, ${readNumber(place.y.invert(at[1]), y)})`);
  return { texts: [...xNames, ...texts.filter(Boolean)], px: snapped ?? at[0] };
}

// All places that arrow keys go to: where the series have their values, or nothing on a map.
function stations(panel, place) {
  if (panel.marks.some((mark) => mark.kind === "heat")) return [];
  const all = panel.marks.flatMap((mark) => {
    if (mark.kind === "rule") return [];
    const values = mark.y || mark.heights || mark.low;
    return Array.from(mark.kind === "bars" ? xOf({}, values.length) : xOf(mark, values.length), place.x.at);
  });
  return [...new Set(all.map(Math.round))].filter((px) => px >= 0 && px <= place.width).sort((a, b) => a - b);
}

// `area()` gives {panel, place} of what is drawn in `holder` now. Returns {refresh}: after a change the reading is that of the new picture.
export function readings(holder, area) {
  const words = html("div", { class: "cw-reading", role: "status", hidden: true });
  const cursor = html("div", { class: "cw-cursor", hidden: true });
  let at = null; // pixels in the plot

  function conceal() {
    words.hidden = cursor.hidden = true;
  }
  function hide() {
    at = null;
    conceal();
  }
  function refresh() {
    const { panel, place } = area();
    if (!at || !place) return;
    const { texts, px } = readAt(panel, place, at);
    const [box, own] = [place.picture.getBoundingClientRect(), holder.getBoundingClientRect()];
    const [left, top] = [box.left - own.left + place.left, box.top - own.top + place.top];
    if (!texts.length) return conceal();
    words.replaceChildren(...texts.map((text) => html("span", {}, ...htmlMarkup(text))));
    words.hidden = false;
    cursor.hidden = Boolean(panel.bare);
    cursor.style.cssText = `left: ${left + px}px; top: ${top}px; height: ${place.height}px`;
    const far = px > place.width / 2;
    const map = panel.marks.some(({ kind }) => kind === "heat");
    const height = map && at[1] < place.height / 2 ? `bottom: ${own.height - top - place.height + 4}px` : `top: ${top + 4}px`; // clear of what stands on a map
    words.style.cssText = `${height}; ${far ? `left: ${left + 4}px` : `right: ${own.width - left - place.width + 4}px`}; max-width: ${Math.max(120, (far ? px : place.width - px) - 16)}px`;
  }
  function point(event) {
    const { place } = area();
    if (!place) return;
    const box = place.picture.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left - place.left, event.clientY - box.top - place.top];
    if (px < -8 || py < -8 || px > place.width + 8 || py > place.height + 8) return hide();
    at = [px, py];
    refresh();
  }
  function key(event) {
    const { panel, place } = area();
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] || [];
    if (event.key === "Escape") return hide();
    if (!place || dx === undefined || event.target !== holder) return;
    if (panel.bare) {
      event.preventDefault();
      at = stepNetwork(panel.marks[0], at, place, [dx, dy]);
      return refresh();
    }
    const stops = stations(panel, place);
    const moved = ([px, py]) => {
      if (!stops.length) return [px + dx * place.width * STEP, py + dy * place.height * STEP];
      const here = stops.findIndex((stop) => stop >= px - 0.5);
      return [stops[Math.max(0, Math.min(stops.length - 1, (here < 0 ? stops.length : here) + dx))], py];
    };
    if (stops.length && dy) return; // the page scrolls
    event.preventDefault();
    const [px, py] = at ? moved(at) : [stops[0] ?? place.width / 2, place.height / 2];
    at = [Math.max(0, Math.min(place.width, px)), Math.max(0, Math.min(place.height, py))];
    refresh();
  }
  holder.append(words, cursor);
  holder.addEventListener("pointermove", point);
  holder.addEventListener("pointerdown", point);
  holder.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hide());
  holder.addEventListener("keydown", key);
  holder.addEventListener("blur", hide);
  holder.addEventListener("click", ({ pointerType }) => pointerType === "mouse" && area().panel?.click.length && hide()); // what the click has set must not be covered
  return { refresh };
}
