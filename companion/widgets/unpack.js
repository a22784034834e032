// The inverse of packing.py: one frame out of a grid's bytes. What does not fit together is refused by a sentence.

import { inOrder } from "./differences.js";

const FORMAT = 2; // of the packed state; 1 (without a number and a checksum) is read too
const ARRAYS = ["x", "y", "low", "high", "heights", "values", "limits", "sizes", "fill", "scale", "ends", "widths", "fates", "lit", "lit_edges"];
const WORDS = ["name", "labels", "label", "value_texts", "note_texts", "blame_texts", "weight_texts", "slope_texts"];
const SIZES = [2, 4, 8, 1]; // float16, float32, float64, bytes

// An error whose message is written for the reader.
export function damaged(message) {
  return Object.assign(new Error(message), { name: "Damaged" });
}

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

// CRC-32, as Python's zlib.crc32.
const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
export function checksum(bytes) {
  let sum = -1;
  for (const byte of bytes) sum = CRC[(sum ^ byte) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
}

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

function checkSpec(spec, bytes) {
  if (spec.format !== undefined && spec.format !== 1 && spec.format !== FORMAT) throw damaged("it was saved by another version of the course");
  const whole = [spec.arrays, spec.rows, spec.width].every(isCount) && Array.isArray(spec.layouts) && Array.isArray(spec.texts);
  if (!whole) throw damaged("its saved layout is incomplete");
  const places = (spec.arrays + spec.rows * spec.width) * (spec.wide ? 4 : 2);
  if (bytes.length < places) throw damaged(`its saved numbers are cut off (${bytes.length} bytes)`);
}

function checkBytes(spec, bytes, end) {
  if (bytes.length !== end) throw damaged(`its saved numbers are cut off (${bytes.length} of ${end} bytes)`);
  if (spec.sum !== undefined && checksum(bytes) !== spec.sum) throw damaged("its saved numbers have changed (the checksum differs)");
}

// Returns frame(index); arrays are decoded when first asked for, and shared by the frames that share them.
export function unpacker(spec, view) {
  const given = view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array();
  checkSpec(spec, given);
  const bytes = spec.differences ? inOrder(spec, given, SIZES) : given;
  if (!bytes) throw damaged(`its saved numbers are cut off (${given.length} bytes)`);
  const { buffer } = bytes.slice();
  const [Table, size] = spec.wide ? [Uint32Array, 4] : [Uint16Array, 2];
  const table = new Table(buffer, 0, spec.arrays);
  const rows = new Table(buffer, spec.arrays * size, spec.rows * spec.width);
  const starts = [];
  let end = (spec.arrays + spec.rows * spec.width) * size;
  for (const entry of table) {
    starts.push(end);
    end += (entry >> 2) * SIZES[entry & 3];
  }
  checkBytes(spec, bytes, end);
  const decoded = [];
  const array = (number) => {
    if (!(number < table.length)) throw damaged("a part of its picture is missing");
    return (decoded[number] ||= numbers(buffer, table[number] & 3, starts[number], table[number] >> 2));
  };

  return (index) => {
    const slot = (place) => rows[(place + 1) * spec.rows + index];
    const text = (place) => {
      if (Array.isArray(place)) return place.map(text);
      const found = spec.texts[slot(place)];
      if (typeof found !== "string") throw damaged("a text of its picture is missing");
      return found;
    };
    const layout = spec.layouts[rows[index]];
    if (!layout) throw damaged("this setting is missing");
    const axis = ({ label, scale, domain, ...rest }) => ({ ...rest, label: text(label), log: scale === "log", domain: domain === null ? null : array(slot(domain)) });
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
