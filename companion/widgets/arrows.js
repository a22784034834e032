// Arrows in pixels: their ends, their heads, and how far a place is from one.

const HEAD = 11; // pixels, of a long arrow
const r1 = (pixel) => Math.round(pixel * 10) / 10;

// The points of every arrow, two each.
export const shafts = (mark, { x, y }) => Array.from({ length: mark.x.length / 2 }, (_, i) => [2 * i, 2 * i + 1].map((j) => [x.at(mark.x[j]), y.at(mark.y[j])]));

// {shaft, head}: paths, and how `long` it all is.
export function arrowPaths([ax, ay], [bx, by]) {
  const long = Math.hypot(bx - ax, by - ay);
  const size = Math.min(HEAD, 0.6 * long + 2);
  const [ux, uy] = long ? [((bx - ax) / long) * size, ((by - ay) / long) * size] : [0, 0];
  const side = (sign) => `${r1(bx - ux - sign * 0.45 * uy)},${r1(by - uy + sign * 0.45 * ux)}`;
  return { shaft: `M${r1(ax)},${r1(ay)}L${r1(bx - 0.7 * ux)},${r1(by - 0.7 * uy)}`, head: `M${r1(bx)},${r1(by)}L${side(1)}L${side(-1)}Z`, long };
}

export function awayFrom([px, py], [[ax, ay], [bx, by]]) {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - ax - share * dx, py - ay - share * dy);
}
