// The words of a widget beside its pictures: title, read-outs, summary, caption.

import { html, show } from "./dom.js";
import { htmlMarkup } from "./markup.js";

export function readoutList(labels) {
  const cells = labels.map(() => html("dd"));
  const pairs = labels.map((label, i) => html("div", {}, html("dt", {}, ...htmlMarkup(label)), cells[i]));
  const showTexts = (texts) => cells.forEach((cell, i) => show(cell, htmlMarkup(texts[i])));
  return { element: html("dl", { class: "cw-readouts" }, ...pairs), show: showTexts };
}

export const titleOf = (spec) => (spec.title ? [html("div", { class: "cw-title" }, ...htmlMarkup(spec.title))] : []);
export const captionOf = (spec) => (spec.caption ? [html("div", { class: "cw-caption" }, ...htmlMarkup(spec.caption))] : []);

// The summary with the texts of one frame in its fields.
export function summaryText(spec, texts) {
  const own = texts.slice(spec.readouts.length);
  return spec.summary.replace(/\{\{|\}\}|\{[^{}]*\}/g, (field) => (field === "{{" ? "{" : field === "}}" ? "}" : own.shift()));
}

// What lies outside the pictures, as a sentence: [{name, side, text}] -> "Outside the picture: theory (below, to 10^−38)."
export function beyondText(found) {
  const parts = found.map(({ name, side, text }) => `${name} (${side}${text ? `, to ${text}` : ""})`);
  return parts.length ? `Outside the picture: ${[...new Set(parts)].join("; ")}.` : "";
}
