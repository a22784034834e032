// A widget's setting: its place in the packed grid, and its part of the URL (#name:key=value,key=value;name2:…).

// The number of the frame at these values, or -1 where the grid has none.
export function gridIndex(controls, values) {
  let index = 0;
  for (const { name, values: stops } of controls) {
    const place = stops.indexOf(values[name]);
    if (place < 0) return -1;
    index = index * stops.length + place;
  }
  return index;
}

export function nearest(stops, value) {
  let best = 0;
  for (let i = 1; i < stops.length; i++) if (Math.abs(stops[i] - value) < Math.abs(stops[best] - value)) best = i;
  return best;
}

export function startValues(controls) {
  return Object.fromEntries(controls.map(({ name, values, start }) => [name, values[start]]));
}

// Make raw values (from a link) fit: unknown names are dropped, numbers go to the nearest stop unless `free`.
export function fitValues(controls, raw, free = false) {
  const fitted = {};
  for (const { name, kind, values } of controls) {
    if (!(name in raw)) continue;
    const number = Number(raw[name]);
    if (kind === "choice") {
      const found = values.find((value) => String(value) === String(raw[name]));
      if (found !== undefined) fitted[name] = found;
    } else if (raw[name] !== "" && Number.isFinite(number)) {
      const inside = number >= values[0] && number <= values[values.length - 1];
      fitted[name] = free && inside ? number : values[nearest(values, number)];
    }
  }
  return fitted;
}

const escape = (text) => encodeURIComponent(text).replace(/[;:,=]/g, (c) => "%" + c.charCodeAt(0).toString(16));

function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// "#a:x=1,y=2;b:z=3" -> {a: {x: "1", y: "2"}, b: {z: "3"}}; a fragment of another kind gives {}.
export function readFragment(hash) {
  const found = {};
  for (const part of hash.replace(/^#/, "").split(";")) {
    const colon = part.indexOf(":");
    if (colon < 1) continue;
    const pairs = part.slice(colon + 1).split(",");
    if (!pairs.every((pair) => pair.includes("="))) continue;
    const split = (pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)].map(unescape);
    found[unescape(part.slice(0, colon))] = Object.fromEntries(pairs.map(split));
  }
  return found;
}

export function writeFragment(states) {
  const part = ([name, values]) => `${escape(name)}:${Object.entries(values).map((pair) => pair.map(escape).join("=")).join(",")}`;
  const parts = Object.entries(states).map(part);
  return parts.length ? "#" + parts.join(";") : "";
}

// The fragment after one widget changed: its own part replaced (or, with values null, removed), the others kept.
export function changedFragment(hash, name, values) {
  const states = readFragment(hash);
  if (values) states[name] = values;
  else if (!(name in states)) return hash;
  else delete states[name];
  return writeFragment(states);
}
