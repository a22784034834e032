// Judges answers to quiz questions, as companion/practice/kinds.py does (a test holds the two together). Pure functions.

import { parseNumber } from "./typed.js";

function guidance(got, want, near) {
  if (want && near(-got, want)) return "The size is right, the sign is not.";
  if (want > 0 && Math.abs(Math.log10(want)) >= 2 && near(got, Math.log10(want))) return "That is the power of ten; the number itself is asked for.";
  if (got && want && near(1 / got, want)) return "That is the reciprocal: which of the two goes into which?";
  if (want && near(got / 100, want)) return "That is in percent; give the fraction.";
  if (Math.sign(got) * Math.sign(want) < 0) return `Look at the sign first: it is ${want > 0 ? "above" : "below"} 0.`;
  const apart = Math.log10(Math.abs(got)) - Math.log10(Math.abs(want));
  if (got && want && Math.abs(apart) >= 1) return `Too ${apart > 0 ? "large" : "small"} by ${Math.abs(apart).toFixed(1)} powers of ten.`;
  if (want < 0) return `Too ${got < want ? "large" : "small"} in size.`; // "−2 is larger than −3" helps nobody
  return `Too ${got > want ? "large" : "small"}.`;
}

const wrong = (advice) => ({ status: "wrong", advice });
const error = (advice) => (advice ? { status: "error", advice } : { status: "not started", advice: "" });

// In light markup: a whole number below a million exactly, any other with four significant digits.
export function numberText(value) {
  const short = Number.isInteger(value) && Math.abs(value) < 1e6 ? value : Number(value.toPrecision(4));
  const size = Math.abs(short);
  const text = short && (size < 1e-3 || size >= 1e6) ? short.toExponential().replace(/^1e/, "e").replace(/^(-?)(.*)e\+?(.*)/, (_, sign, factor, power) => `${sign}${factor ? factor + "×" : ""}10^{${power}}`) : String(short);
  return text.replace(/-/g, "−");
}

function judgeNumber(spec, raw) {
  const { value, problem } = parseNumber(raw, spec.unit);
  if (value === undefined) return error(problem);
  const near = (got, want) => Math.abs(got - want) <= Math.max(spec.rtol * Math.abs(want), spec.atol || 0);
  if (near(value, spec.answer)) return { status: "correct", advice: `${`${numberText(spec.answer)} ${spec.unit || ""}`.trim()}. ${spec.comment || ""}`.trim() };
  const mistake = (spec.mistakes || []).find((each) => near(value, each.value));
  return wrong(mistake ? mistake.advice : guidance(value, spec.answer, near));
}

function judgeChoice(spec, chosen) {
  if (!chosen.length) return error("");
  const options = chosen.map((i) => spec.options[i]);
  const bad = options.find((option) => !option.correct);
  if (bad) return wrong(bad.advice);
  const missing = spec.options.filter((option) => option.correct).length - chosen.length;
  if (missing > 0) return wrong(`So far so good, but ${missing} more ${missing === 1 ? "is" : "are"} right.`);
  return { status: "correct", advice: [...new Set(options.map((option) => option.advice))].join(" ") };
}

function judgeOrder(spec, order) {
  const same = (other) => other.every((item, i) => item === order[i]);
  if (same(spec.answer)) return { status: "correct", advice: spec.comment || "" };
  const mistake = (spec.mistakes || []).find((each) => each.orders.some(same));
  if (mistake) return wrong(mistake.advice);
  const first = order.findIndex((item, i) => item !== spec.answer[i]);
  const place = first === 0 ? "The first one is" : `The first ${first} ${first === 1 ? "is" : "are"} right; number ${first + 1} is`;
  return wrong(`${place} not.`);
}

// How far a guess was off: in powers of ten, or in the unit itself.
export function distance(spec, guess) {
  const { answer, unit } = spec;
  const ratio = guess / answer;
  const direction = guess > answer ? "too high" : "too low";
  if (spec.log && ratio > 0) {
    const decades = Math.abs(Math.log10(ratio)).toFixed(1);
    return decades === "0.0" ? "right on the spot" : `${decades} powers of ten ${direction}`;
  }
  const off = Math.abs(guess - answer);
  if (off <= 0.02 * Math.abs(answer)) return "right on the spot";
  const place = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(answer)))); // to the digit to which the answer is shown, so that the three agree
  const shown = answer && place <= 6 && off < 1e6 ? String(Number(off.toFixed(place))) : numberText(off);
  const counted = shown === "1" ? "" : unit; // "1 steps" is not English
  return `${shown} ${counted || ""} `.replace(/ +/g, " ") + direction;
}

function judgeGuess(spec, raw) {
  const { value, problem } = parseNumber(raw, spec.unit);
  if (value === undefined) return error(problem);
  return { status: "guessed", advice: spec.comment, guess: value };
}

// `answer`: text for number and guess, chosen indices for choice, the order of indices for order.
export function judge(spec, answer) {
  return { number: judgeNumber, choice: judgeChoice, order: judgeOrder, guess: judgeGuess }[spec.kind](spec, answer);
}
