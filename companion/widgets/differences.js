// The inverse of differences.py: the bytes of a packed grid in their own order, from differences kept plane by plane.

// Returns the bytes; undefined where they do not fit the layout.
export function inOrder(spec, bytes, sizes) {
  const size = spec.wide ? 4 : 2;
  const out = new Uint8Array(bytes.length);
  let [from, to] = [0, 0];
  const numbers = (count, size) => {
    const found = new Uint32Array(count);
    for (let plane = 0; plane < size; plane++) for (let i = 0; i < count; i++) found[i] |= bytes[from++] << (8 * plane);
    return found;
  };
  const write = (steps, first, count, size, at) => {
    let value = 0;
    for (let i = first; i < first + count; i++) {
      value = (value + ((steps[i] >>> 1) ^ -(steps[i] & 1))) | 0;
      for (let byte = 0; byte < size; byte++) out[at++] = value >>> (8 * byte);
    }
    return at;
  };

  to = write(numbers(spec.arrays, size), 0, spec.arrays, size, to);
  const table = new (spec.wide ? Uint32Array : Uint16Array)(out.slice(0, to).buffer);
  const steps = numbers(spec.rows * spec.width, size);
  for (let column = 0; column < spec.width; column++) to = write(steps, column * spec.rows, spec.rows, size, to);
  const places = [];
  for (const entry of table) {
    places.push(to);
    to += (entry >>> 2) * sizes[entry & 3];
  }
  if (to !== bytes.length) return undefined;
  for (const kind of [0, 1, 2, 3]) {
    const own = [...table.keys()].filter((number) => (table[number] & 3) === kind);
    const count = own.reduce((sum, number) => sum + (table[number] >>> 2), 0);
    const found = kind < 2 && numbers(count, sizes[kind]);
    let first = 0;
    for (const number of own) {
      const length = table[number] >>> 2;
      if (kind < 2) write(found, first, length, sizes[kind], places[number]);
      else out.set(bytes.subarray(from, (from += length * sizes[kind])), places[number]);
      first += length;
    }
  }
  return out;
}
