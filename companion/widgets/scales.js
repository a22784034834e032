// Axes: where a value lies, which values get a tick, and how a tick reads. Pure functions.

const FAR = 1e5; // pixels: beyond this a browser's drawing overflows

export function niceStep(span, count, whole = false) {
  const rough = span / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) * power;
  return whole ? Math.max(1, Math.round(step)) : step;
}

export function linearTicks(low, high, count) {
  return multiples(low, high, niceStep(high - low, count));
}

// For what is counted: whole numbers. Where the count begins at `first` = 1 (layers), 1 has its tick and 0 has none.
export function wholeTicks(low, high, count, first = low > 0 ? 1 : 0) {
  const step = niceStep(high - low, count, true);
  if (first !== 1 || low > 1) return multiples(low, high, step);
  if (step === 1) return multiples(Math.max(low, 1), high, 1);
  return step === 2 ? multiples(Math.max(low, 1) - 1, high - 1, 2).map((tick) => tick + 1) : [1, ...multiples(Math.max(low, 1), high, step)];
}

function multiples(low, high, step) {
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9); i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

// Powers of ten, thinned to `count`; within less than two decades also 2 and 5 times a power.
export function logTicks(low, high, count) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first + 1) / Math.max(count, 1)));
  const ticks = [];
  if (last - first >= 1) {
    for (let power = first; power <= last; power++) if ((power - first) % stride === 0) ticks.push(Number(`1e${power}`)); // exact, unlike 10 ** power
    return ticks;
  }
  for (let power = first - 1; power <= last; power++) for (const factor of [1, 2, 5]) ticks.push(Number(`${factor}e${power}`));
  return ticks.map((tick) => Number(tick.toPrecision(6))).filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

export const trueMinus = (text) => String(text).replace(/-(?=0(\.0*)?$)/, "").replace("-", "−");

export const shortNumber = (value, digits = 3) => trueMinus(Number(value.toPrecision(digits)).toString()).replace(/e\+?(.*)/, "·10^{$1}");

// A value as a person reads it off an axis: no more digits than the eye can tell there.
export function readNumber(value, { domain: [low, high], log, label = "" }) {
  if (Number.isNaN(value)) return "not a number";
  const decades = isDecades(label);
  if (!Number.isFinite(value)) return decades ? (value < 0 ? "0" : "∞") : trueMinus(value).replace("Infinity", "∞");
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10((high - low) / 300))));
  if (log || high - low < 1e-4 || Math.abs(value) >= 1e5) return shortNumber(value);
  const text = trueMinus(value.toFixed(decimals));
  return decades ? `10^{${text}}` : text;
}

// Does the axis show logarithms? Its bars then rise from the floor, and it may be magnified.
export const isDecades = (label) => /^log10\b/.test(label);

// A label as the name of a value: "log10 (rms δ_l / rms δ_L)" -> "rms δ_l / rms δ_L", "layer l (1 = input side)" -> "layer l".
export const valueName = (label) => (isDecades(label) ? label.replace(/^log10\s*/, "").replace(/^\((.*)\)$/, "$1") : label.replace(/\s*\(.*\)$/, ""));

const [LEAST, HALVINGS] = [4, 4]; // a window shows at least so many decades: what is flat must look flat

// An axis of logarithms around 0 that is far too long for its values: each of its ends is halved as long as they stay inside.
export function windowOf([low, high], values) {
  if (!(low < 0 && high > 0)) return [low, high];
  const finite = values.filter(Number.isFinite);
  const halved = (end) => {
    let nearest = end;
    for (let n = 0; n < HALVINGS && Math.abs(nearest) > LEAST && finite.every((value) => value / nearest <= 0.5); n++) nearest /= 2;
    return Number(nearest.toPrecision(2));
  };
  return [halved(low), halved(high)];
}

export function powerText(power) {
  return `10^{${trueMinus(power)}}`;
}

// How the ticks of one axis read, in light markup.
export function tickTexts(ticks, log) {
  const largest = Math.max(...ticks.map(Math.abs), 0);
  if (log) {
    const plain = Math.min(...ticks) >= 1e-3 && largest <= 1e4;
    const power = (tick) => Math.round(Math.log10(tick));
    const isPower = (tick) => Math.abs(Math.log10(tick) - power(tick)) < 1e-9;
    const scientific = (tick) => (isPower(tick) ? powerText(power(tick)) : trueMinus(tick.toExponential(0)).replace(/e[+]?(.*)/, "·10^{$1}"));
    return ticks.map((tick) => (plain ? String(Number(tick.toPrecision(6))) : scientific(tick)));
  }
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : largest || 1;
  const exponent = largest ? Math.floor(Math.log10(largest) + 1e-9) : 0;
  const scaled = largest >= 1e5 || (largest && largest < 1e-3) ? exponent : 0;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / 10 ** scaled) - 1e-9));
  return ticks.map((tick) => (tick === 0 ? "0" : trueMinus((tick / 10 ** scaled).toFixed(Math.min(decimals, 8))) + (scaled ? `·${powerText(scaled)}` : "")));
}

// A scale maps a value to a pixel (`at`) and back (`invert`); `place` names values that have no pixel.
export function makeScale(log, [low, high], [from, to]) {
  const on = log ? Math.log10 : (value) => value;
  const [start, span] = [on(low), on(high) - on(low)];
  const place = (value) => {
    const t = on(value);
    if (Number.isNaN(t)) return "nan";
    return t === Infinity ? "over" : t === -Infinity ? "under" : "";
  };
  const at = (value) => Math.max(-FAR, Math.min(FAR, from + ((on(value) - start) / span) * (to - from)));
  const invert = (pixel) => {
    const t = start + ((pixel - from) / (to - from)) * span;
    return log ? 10 ** t : t;
  };
  return { at, invert, place, log, domain: [low, high], range: [from, to] };
}

// The ends of an axis whose author fixed none: the finite data, with `pad` (a share of the span) on both sides.
export function domainOf(values, log, pad) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    const t = log ? Math.log10(value) : value;
    if (!Number.isFinite(t)) continue;
    if (t < low) low = t;
    if (t > high) high = t;
  }
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - (log ? 1 : Math.abs(low) * 0.1 || 1), high + (log ? 1 : Math.abs(high) * 0.1 || 1)];
  const room = (high - low) * pad;
  return log ? [10 ** (low - room), 10 ** (high + room)] : [low - room, high + room];
}
