// The controls: they show the values given to `show` and report the reader's changes to `change(name, value)`.

import { html } from "./dom.js";
import { htmlMarkup, plainText } from "./markup.js";
import { player } from "./play.js";
import { nearest, topStop } from "./state.js";

const FEW = 3; // up to so many short options are buttons in a row, more are a menu
const KEYS = { "data-lm-suppress-shortcuts": "true" }; // JupyterLab must leave arrow keys to the control

function slider(control, change, live) {
  const { values, texts, label } = control;
  const range = html("input", { ...KEYS, type: "range", min: 0, max: values.length - 1, step: 1, "aria-label": plainText(label), input: () => change(control.name, values[range.value]) });
  const box = live ? numberBox(control, change) : html("output", { class: "cw-value", "aria-hidden": "true" });
  const played = control.play && player(control, KEYS, { at: () => Number(range.value), top: () => Number(range.max), go: (place) => change(control.name, values[place]) });
  if (played) range.addEventListener("pointerdown", played.stop);
  const reach = played ? html("div", { class: "cw-play" }, ...played.buttons, range) : range;
  const element = html("div", { class: `cw-control${played ? " cw-playable" : ""}` }, html("span", { class: "cw-name", "aria-hidden": "true" }, ...htmlMarkup(label)), box, reach);
  const show = (value, all) => {
    const place = nearest(values, value);
    const top = topStop(control, all);
    if (range.max !== String(top)) range.max = top;
    const exact = values[place] === value;
    range.value = place;
    if (played) played.arrived(place);
    range.setAttribute("aria-valuetext", exact ? plainText(texts[place]) : String(value));
    range.style.setProperty("--cw-share", top ? place / top : 1);
    if (live) box.value = value;
    else box.replaceChildren(...htmlMarkup(texts[place]));
  };
  return { element, show, playing: () => Boolean(played) && played.playing() };
}

// With a kernel any number between the ends may be typed.
function numberBox({ name, values, label, whole }, change) {
  const [min, max] = [values[0], values[values.length - 1]];
  const report = () => {
    const value = box.valueAsNumber;
    box.setCustomValidity(value >= min && value <= max ? "" : `A number from ${min} to ${max}`);
    if (box.reportValidity()) change(name, whole ? Math.round(value) : value);
  };
  const box = html("input", { ...KEYS, type: "number", class: "cw-value", min, max, step: whole ? 1 : "any", "aria-label": `${plainText(label)}, exact value`, change: report, keydown: (event) => event.key === "Enter" && report() }); // JupyterLab keeps Enter from being a change
  return box;
}

function menu(control, change) {
  const { values, texts, label } = control;
  const options = texts.map((text, i) => html("option", { value: i }, plainText(text)));
  const select = html("select", { ...KEYS, "aria-label": plainText(label), change: () => change(control.name, values[select.value]) }, ...options);
  const element = html("div", { class: "cw-control" }, html("span", { class: "cw-name", "aria-hidden": "true" }, ...htmlMarkup(label)), select);
  // Setting a menu is slow even where nothing changes.
  return { element, show: (value) => Number(select.value) !== values.indexOf(value) && (select.value = values.indexOf(value)) };
}

function buttons(control, change) {
  const { values, texts, label } = control;
  const group = Math.random().toString(36).slice(2); // radio buttons belong together by a name that no other widget has
  const radios = values.map((value) => html("input", { ...KEYS, type: "radio", name: group, change: () => change(control.name, value) }));
  const labels = radios.map((radio, i) => html("label", {}, radio, html("span", {}, ...htmlMarkup(texts[i]))));
  const row = html("div", { class: "cw-buttons", role: "radiogroup", "aria-label": plainText(label) }, ...labels);
  const element = html("div", { class: "cw-control" }, html("span", { class: "cw-name", "aria-hidden": "true" }, ...htmlMarkup(label)), row);
  return { element, show: (value) => radios.forEach((radio, i) => (radio.checked = values[i] === value)) };
}

export function makeControl(control, change, live) {
  if (control.kind === "slider") return slider(control, change, live);
  const short = control.values.length <= FEW && control.texts.join("").length <= 30;
  return (short ? buttons : menu)(control, change);
}
