// What runs out of a panel's frame, for those who read the picture as a text.

import { xOf } from "./marks.js";
import { plainText } from "./markup.js";
import { readNumber, valueName } from "./scales.js";

const SLACK = 0.015; // of the span: as much as the frame shows beyond its ends
const NAMES = { line: "the line", band: "the band", bars: "a bar", path: "the walk", arrow: "the arrow", dot: "the point" };

function seriesOf(mark) {
  if (mark.kind === "band") return [mark.low, mark.high];
  return [mark.kind === "bars" ? mark.heights : mark.y];
}

// How far a value lies outside an axis, in spans of it; 0 inside and where it has no place.
function outside(value, { domain: [low, high], log }) {
  const on = log ? Math.log10 : (each) => each;
  const share = (on(value) - on(low)) / (on(high) - on(low));
  if (!Number.isFinite(share)) return 0;
  return share > 1 + SLACK ? share - 1 : share < -SLACK ? share : 0;
}

// [{name, side, text}]: the farthest value of each mark on each side.
export function beyondOf(panel, { x, y }) {
  const found = new Map();
  const note = (mark, side, far, text) => {
    const name = plainText(mark.name || (mark.kind === "line" && valueName(y.label)) || NAMES[mark.kind]);
    const key = `${name} ${side}`;
    if (!(found.get(key)?.far >= far)) found.set(key, { name, side, far, text });
  };
  for (const mark of panel.marks) {
    if (!NAMES[mark.kind]) continue;
    for (const values of seriesOf(mark)) {
      const xs = mark.kind === "bars" ? null : xOf(mark, values.length);
      for (let i = 0; i < values.length; i++) {
        const [across, up] = [xs ? outside(xs[i], x) : 0, outside(values[i], y)];
        if (up && !across) note(mark, up > 0 ? "above" : "below", Math.abs(up), plainText(readNumber(values[i], y)));
        else if (across && mark.kind !== "line" && mark.kind !== "band") note(mark, across > 0 ? "right" : "left", Math.abs(across), "");
      }
    }
  }
  const lines = [...found.values()];
  return lines.filter(({ name, side }) => name !== NAMES.band || !lines.some((other) => other.name !== name && other.side === side)).map(({ name, side, text }) => ({ name, side, text }));
}
