// Lines of equal value on a heat map, by marching squares.

const LAST = 252; // bytes above are no numbers (see packing.py)

// Where a level crosses the four sides of a cell, as [x, y] in cells.
function crossings([a, b, c, d], level, x, y) {
  const sides = [];
  const share = (from, to) => (level - from) / (to - from);
  if (a > level !== b > level) sides.push([x + share(a, b), y]);
  if (b > level !== c > level) sides.push([x + 1, y + share(b, c)]);
  if (d > level !== c > level) sides.push([x + share(d, c), y + 1]);
  if (a > level !== d > level) sides.push([x, y + share(a, d)]);
  return sides;
}

// `count` levels, evenly between the ends of the colours and never on a byte.
export function levelsOf(count) {
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 1) * LAST) / (count + 1)) + 0.5);
}

const found = new WeakMap(); // decoded array -> {levels: paths}: a shared map is walked through once

// For each level its lines as path data; one unit is one cell, the first row at the top.
export function contourPaths(values, rows, levels) {
  const known = found.get(values) || found.set(values, {}).get(values);
  return (known[levels] ||= walk(values, rows, levels));
}

function walk(values, rows, levels) {
  const columns = values.length / rows;
  const paths = levels.map(() => "");
  const text = ([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`;
  for (let y = 0; y < rows - 1; y++) {
    for (let x = 0; x < columns - 1; x++) {
      const at = y * columns + x;
      const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      const [low, high] = [Math.min(...corners), Math.max(...corners)];
      if (high > LAST) continue;
      levels.forEach((level, i) => {
        if (level < low || level > high) return;
        const points = crossings(corners, level, x, y);
        for (let k = 0; k + 1 < points.length; k += 2) paths[i] += `M${text(points[k])}L${text(points[k + 1])}`;
      });
    }
  }
  return paths;
}
