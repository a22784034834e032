// Pictures of Explorers at their starting values, for pages that run no script: node still.js < states > pictures. Build time only.

import { readFileSync } from "node:fs";

import { html } from "./dom.js";
import { htmlMarkup, plainText } from "./markup.js";
import { drawPanel } from "./panel.js";
import { paper } from "./paper.js";
import { gridIndex, startValues } from "./state.js";
import { unpacker } from "./unpack.js";
import { beyondText, captionOf, readoutList, summaryText, titleOf } from "./words.js";

const [ALONE, BESIDE] = [440, 360]; // pixels of a panel: legible on a phone, and two stand side by side on a desk

function still({ spec, data }) {
  const bytes = Buffer.from(data, "base64");
  const frame = unpacker(spec, bytes)(gridIndex(spec.controls, startValues(spec.controls)));
  const sentence = summaryText(spec, frame.texts);
  const places = [];
  const width = frame.panels.length > 1 ? BESIDE : ALONE;
  const panels = frame.panels.map((panel) => {
    const holder = html("div", { class: panel.bare ? "cw-panel cw-bare" : "cw-panel" });
    places.push(drawPanel(holder, panel, width, "light", plainText(sentence)));
    return holder;
  });
  const outside = beyondText(places.flatMap(({ beyond }) => beyond));
  const readouts = readoutList(spec.readouts);
  readouts.show(frame.texts);
  const settings = spec.controls.map(({ label, texts, start }) => `${label}: ${texts[start]}`).join(", ");
  return html(
    "div",
    { class: "cw cw-still", role: "group", "aria-label": `Explorer: ${plainText(spec.title || spec.name)}` },
    ...titleOf(spec),
    html("div", { class: "cw-strip" }, readouts.element),
    html("div", { class: "cw-panels" }, ...panels),
    html("p", { class: "cw-summary" }, ...htmlMarkup([sentence, outside].filter(Boolean).join(" "))),
    ...captionOf(spec),
    html("noscript", {}, html("p", { class: "cw-note" }, ...htmlMarkup(`The controls need JavaScript. Shown: ${settings}.`))),
  );
}

globalThis.document = paper;
try {
  const states = Object.entries(JSON.parse(readFileSync(0, "utf8")));
  console.log(JSON.stringify(Object.fromEntries(states.map(([id, state]) => [id, still(state).outerHTML]))));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
