// A widget's setting: its place in the packed grid, and its part of the URL (#name:key=value,key=value;name2:…).
// The address is written by anyone: nothing in it may be more than a text that is compared with what the widget has.

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

// The largest stop that a slider has while another control, named by `at_most`, has its value.
export function topStop(control, values) {
  const bound = control.at_most ? values[control.at_most] : Infinity;
  return Math.max(0, control.values.findLastIndex((stop) => stop <= bound));
}

// Values under the bounds of `at_most`, and a sentence for each control that had to give way.
export function bounded(controls, values) {
  const kept = { ...values };
  const said = [];
  for (const control of controls) {
    if (!control.at_most) continue;
    const top = control.values[topStop(control, kept)];
    if (kept[control.name] <= top) continue;
    kept[control.name] = top;
    const other = controls.find(({ name }) => name === control.at_most);
    said.push(`${control.label}: ${top}, because ${other.label} is ${kept[other.name]}.`);
  }
  return { values: kept, said };
}

const CLOSE = 0.005; // a number this near to a stop (in parts of it) was meant to be it

// One pair of a link: {value} that the control takes, with `note` where it is another than was asked for; else {}.
function fitted({ kind, values }, text) {
  if (text === null) return {};
  if (kind === "choice") {
    const found = values.find((value) => String(value) === text);
    return found === undefined ? {} : { value: found };
  }
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) return {};
  const stop = values[nearest(values, number)];
  return { value: stop, note: Math.abs(stop - number) > CLOSE * Math.abs(stop) ? ` (${stop} is shown)` : "" };
}

const short = (text) => (text.length > 24 ? [...text].slice(0, 24).join("") + "…" : text);

// The pairs of a link as values that fit: {values, refused}; `refused` names what could not be used as it stands.
export function fitValues(controls, pairs) {
  const values = {};
  const refused = [];
  for (const [name, text] of pairs) {
    const control = controls.find((each) => each.name === name);
    const { value, note = "" } = control ? fitted(control, text) : {};
    if (value !== undefined) values[name] = value;
    if (value === undefined || note) refused.push(short(name) + (text === null ? "" : ` = ${short(text)}`) + note);
  }
  return { values, refused };
}

const MOST = 3; // parts of an address that one sentence names

export function refusalText(refused) {
  if (!refused.length) return "";
  const more = refused.length > MOST ? ` and ${refused.length - MOST} more` : "";
  return `Not every setting in the address could be used: ${refused.slice(0, MOST).join("; ")}${more}.`;
}

const escape = (text) => encodeURIComponent(text).replace(/[;:,=]/g, (c) => "%" + c.charCodeAt(0).toString(16));

function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// "#a:x=1,y=2;b:z" -> [{name: "a", pairs: [["x", "1"], ["y", "2"]], raw}, {name: "b", pairs: [["z", null]], raw}]
export function readFragment(hash) {
  const parts = hash.replace(/^#/, "").split(";").filter((raw) => raw.indexOf(":") > 0);
  return parts.map((raw) => {
    const colon = raw.indexOf(":");
    const pairs = raw.slice(colon + 1).split(",").filter(Boolean).map((pair) => {
      const equals = pair.indexOf("=");
      return equals < 0 ? [unescape(pair), null] : [unescape(pair.slice(0, equals)), unescape(pair.slice(equals + 1))];
    });
    return { name: unescape(raw.slice(0, colon)), pairs, raw };
  });
}

// The pairs that are meant for this widget, or null where the fragment says nothing of it.
export function pairsFor(hash, name) {
  const own = readFragment(hash).filter((part) => part.name === name);
  return own.length ? own.flatMap(({ pairs }) => pairs) : null;
}

export function writePart(name, values) {
  return `${escape(name)}:${Object.entries(values).map((pair) => pair.map(escape).join("=")).join(",")}`;
}

// The fragment after one widget changed: its own part replaced (or, with values null, removed), the others as they are.
export function changedFragment(hash, name, values) {
  const parts = readFragment(hash);
  const first = parts.findIndex((part) => part.name === name);
  if (first < 0 && !values) return hash;
  const own = values ? writePart(name, values) : "";
  const raws = parts.map((part, i) => (part.name !== name ? part.raw : i === first ? own : ""));
  const kept = (first < 0 ? [...raws, own] : raws).filter(Boolean);
  return kept.length ? "#" + kept.join(";") : "";
}
