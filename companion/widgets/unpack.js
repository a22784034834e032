// The inverse of packing.py: one frame out of a grid's bytes.

const ARRAYS = ["x", "y", "low", "high", "heights", "values", "limits"];
const WORDS = ["name", "labels", "label"];
const SIZES = [2, 4, 8, 1]; // float16, float32, float64, bytes

export function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

function numbers(buffer, kind, start, length) {
  const bytes = buffer.slice(start, start + length * SIZES[kind]); // a copy is aligned
  if (kind === 0) return Float64Array.from(new Uint16Array(bytes), halfToNumber);
  return new [, Float32Array, Float64Array, Uint8Array][kind](bytes);
}

// Returns frame(index); arrays are decoded when first asked for, and shared by the frames that share them.
export function unpacker(spec, view) {
  const buffer = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const [Table, bytes] = spec.wide ? [Uint32Array, 4] : [Uint16Array, 2];
  const table = new Table(buffer, 0, spec.arrays);
  const rows = new Table(buffer, spec.arrays * bytes, spec.rows * spec.width);
  const starts = [];
  let end = (spec.arrays + spec.rows * spec.width) * bytes;
  for (const entry of table) {
    starts.push(end);
    end += (entry >> 2) * SIZES[entry & 3];
  }
  const decoded = [];
  const array = (number) => (decoded[number] ||= numbers(buffer, table[number] & 3, starts[number], table[number] >> 2));

  return (index) => {
    const slot = (place) => rows[(place + 1) * spec.rows + index];
    const text = (place) => (Array.isArray(place) ? place.map(text) : spec.texts[slot(place)]);
    const layout = spec.layouts[rows[index]];
    const axis = ({ label, scale, domain }) => ({ label: text(label), log: scale === "log", domain: domain === null ? null : array(slot(domain)) });
    const mark = (packed) => {
      const full = { ...packed };
      for (const name of ARRAYS) if (name in packed) full[name] = array(slot(packed[name]));
      for (const name of WORDS) if (name in packed) full[name] = text(packed[name]);
      return full;
    };
    const panel = (packed) => ({ ...packed, x: axis(packed.x), y: axis(packed.y), title: text(packed.title), marks: packed.marks.map(mark) });
    return { panels: layout.panels.map(panel), columns: layout.columns, texts: layout.texts.map(text) };
  };
}
