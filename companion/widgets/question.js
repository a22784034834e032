// The Question widget: an answer is given, checked in the page, and met with the advice that it earns.

import { html } from "./dom.js";
import { distance, judge, numberText } from "./judge.js";
import { htmlMarkup, plainText } from "./markup.js";

const KEYS = { "data-lm-suppress-shortcuts": "true" };
const SIGNS = { correct: "✓", wrong: "✗", error: "?", guessed: "=", "not started": "…" };
const WORDS = { correct: "Correct.", wrong: "Not yet.", error: "I could not read that.", "not started": "Give an answer first." };

// Each kind of input: {element, read, clear}; `read` gives what `judge` takes.
function choiceInput(spec, edited) {
  const group = Math.random().toString(36).slice(2); // a name that no other question has
  const type = spec.multiple ? "checkbox" : "radio";
  const inputs = spec.options.map(() => html("input", { ...KEYS, type, name: group, change: edited }));
  const rows = spec.options.map((option, i) => html("label", { class: "cw-option" }, inputs[i], html("span", {}, ...htmlMarkup(option.text))));
  const note = spec.multiple ? [html("p", { class: "cw-note" }, "Several are right.")] : [];
  return {
    element: html("div", { role: spec.multiple ? "group" : "radiogroup", "aria-label": "Options", class: "cw-options" }, ...note, ...rows),
    read: () => inputs.flatMap((input, i) => (input.checked ? [i] : [])),
    clear: () => inputs.forEach((input) => (input.checked = false)),
  };
}

function numberInput(spec, edited) {
  const input = html("input", { ...KEYS, type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false", size: 12, input: edited, keydown: onEnter });
  const unit = spec.unit ? [html("span", {}, ...htmlMarkup(spec.unit))] : [];
  const words = spec.kind === "guess" ? "Your guess" : "Your answer";
  return {
    element: html("label", { class: "cw-number" }, html("span", {}, words), input, ...unit),
    read: () => input.value,
    clear: () => (input.value = ""),
  };
}

// What a form does by itself, except in JupyterLab, which takes the key.
function onEnter(event) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.currentTarget.form.requestSubmit();
}

function orderInput(spec, edited) {
  const order = spec.items.map((_, i) => i);
  const list = html("ol", { class: "cw-order" });
  const rows = spec.items.map((item, i) => {
    const name = plainText(item);
    const button = (step, sign, word) => html("button", { ...KEYS, type: "button", "aria-label": `Move ${word}: ${name}`, click: (event) => move(i, step, event.currentTarget) }, sign);
    return html("li", {}, html("span", {}, ...htmlMarkup(item)), button(-1, "↑", "up"), button(1, "↓", "down"));
  });
  function show() {
    list.replaceChildren(...order.map((i) => rows[i]));
    order.forEach((i, place) => {
      const [up, down] = rows[i].querySelectorAll("button");
      up.disabled = place === 0;
      down.disabled = place === order.length - 1;
    });
  }
  function move(i, step, button) {
    const from = order.indexOf(i);
    [order[from], order[from + step]] = [order[from + step], order[from]];
    show();
    const other = button.nextElementSibling || button.previousElementSibling;
    (button.disabled ? other : button).focus(); // the item keeps the keyboard
    edited();
  }
  show();
  return { element: list, read: () => [...order], clear: () => {} }; // what is in its place may stay there
}

// Guess and measurement on one line, so that the difference is seen: at least a decade long, or half of what was measured,
// so that a guess near by stands near by.
function guessLine(spec, guess) {
  const on = spec.log ? Math.log10 : (value) => value;
  const [guessed, measured] = [on(guess), on(spec.answer)];
  if (!Number.isFinite(guessed) || !Number.isFinite(measured)) return [];
  const span = Math.max(Math.abs(guessed - measured), spec.log ? 1 : Math.abs(measured) / 2 || 1);
  const share = (value) => 50 + (76 * (on(value) - (guessed + measured) / 2)) / span;
  const mark = (value, name) => {
    const point = html("span", { class: `cw-guess-mark cw-${name}` });
    point.style.left = `${share(value)}%`;
    return point;
  };
  return [html("div", { class: "cw-guess-line", "aria-hidden": "true" }, mark(spec.answer, "measured"), mark(guess, "guess"))];
}

function guessResult(spec, { guess, advice }) {
  const unit = spec.unit ? ` ${spec.unit}` : "";
  const measured = (spec.text || `${numberText(spec.answer)}${unit}`).replace(/-(?=\d)/g, "−");
  return [
    html("p", {}, html("span", { class: "cw-dot-guess" }), "You guessed ", html("strong", {}, ...htmlMarkup(numberText(guess) + unit)), ": ", ...htmlMarkup(distance(spec, guess)), "."),
    html("p", {}, html("span", { class: "cw-dot-measured" }), "In fact: ", html("strong", {}, ...htmlMarkup(measured)), "."),
    ...guessLine(spec, guess),
    ...(advice ? [html("p", {}, ...htmlMarkup(advice))] : []),
  ];
}

function verdict(spec, result) {
  if (result.status === "guessed") return guessResult(spec, result);
  const sign = html("span", { class: "cw-sign", "aria-hidden": "true" }, SIGNS[result.status]);
  return [html("p", {}, sign, html("strong", {}, WORDS[result.status]), " ", ...htmlMarkup(result.advice))];
}

function renderQuestion({ model, el }) {
  const spec = model.get("spec");
  const feedback = html("div", { class: "cw-feedback", "aria-live": "polite" });
  const again = html("button", { ...KEYS, type: "button", class: "cw-again", hidden: true, click: () => (input.clear(), silence()) }, "Try again");
  const silence = () => {
    feedback.replaceChildren();
    feedback.className = "cw-feedback";
    again.hidden = true;
  };
  const makeInput = { choice: choiceInput, number: numberInput, guess: numberInput, order: orderInput }[spec.kind];
  const input = makeInput(spec, silence);
  const submit = (event) => {
    event.preventDefault();
    const answer = input.read();
    const result = judge(spec, answer);
    feedback.className = `cw-feedback cw-is-${result.status.replace(" ", "-")}`;
    feedback.replaceChildren(...verdict(spec, result));
    again.hidden = result.status === "not started";
    model.set("answer", answer);
    model.save_changes();
  };
  const word = spec.kind === "guess" ? "Commit and reveal" : "Check";
  const actions = html("div", { class: "cw-actions" }, html("button", { ...KEYS, type: "submit", class: "cw-check" }, word), again);
  const form = html("form", { novalidate: true, submit }, input.element, actions);
  el.replaceChildren(html("div", { class: `cw cw-question cw-kind-${spec.kind}`, role: "group", "aria-label": `Question: ${plainText(spec.title || spec.id)}` }, form, feedback));
}

export default { render: renderQuestion };
