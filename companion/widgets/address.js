// A widget's setting in the address of the page: written after every change, and before the page is left at the latest, so
// that loading it again loses nothing; read at the start and when a link changes it.

import { changedFragment, fitValues, pairsFor, refusalText } from "./state.js";

const [MANY, SPAN] = [60, 20_000]; // writes in ms; a browser refuses the address more than about 100 in 30 s
const written = []; // the times of the last writes, of all widgets of the page
const waiting = new Map(); // name of a widget -> its values, or null at its start
let timer = 0;
let listens = false;

function writeAll() {
  clearTimeout(timer);
  let hash = location.hash;
  for (const [name, values] of waiting) hash = changedFragment(hash, name, values);
  if (hash !== location.hash) {
    try {
      history.replaceState(history.state, "", hash || location.pathname + location.search);
    } catch {
      timer = setTimeout(writeAll, SPAN / MANY); // too often for this browser: a little later
      return;
    }
    written.push(performance.now());
  }
  waiting.clear();
}

function write(name, values) {
  if (!listens) for (const event of ["pagehide", "visibilitychange"]) addEventListener(event, () => waiting.size && writeAll(), true);
  listens = true;
  waiting.set(name, values);
  while (written.length && performance.now() - written[0] > SPAN) written.shift();
  clearTimeout(timer);
  timer = setTimeout(writeAll, written.length < MANY ? 0 : SPAN / MANY); // the picture first: writing takes the browser 1 ms
}

// `apply(values, sentence)` is called with what a link asks for: all of the values that fit, and what did not.
export function address(spec, starts, apply, el) {
  const asked = () => {
    const pairs = pairsFor(location.hash, spec.name);
    return pairs && fitValues(spec.controls, pairs);
  };
  const follow = () => {
    const found = asked();
    if (!found) return;
    apply({ ...starts, ...found.values }, refusalText(found.refused));
    el.scrollIntoView({ block: "nearest" });
  };
  const begin = () => {
    const found = asked();
    if (!found) return;
    apply(found.values, refusalText(found.refused));
    const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
    if (arrived) requestAnimationFrame(() => el.scrollIntoView({ block: "nearest" }));
  };
  addEventListener("hashchange", follow);
  return { begin, write: (values) => write(spec.name, values), stop: () => removeEventListener("hashchange", follow) };
}
