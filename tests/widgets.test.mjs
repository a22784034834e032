// Unit tests of the widgets' pure modules; tests/test_widgets.py runs them with node.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { contourPaths, levelsOf } from "../companion/widgets/contours.js";
import { distance, judge, numberText } from "../companion/widgets/judge.js";
import { parseMarkup, plainText } from "../companion/widgets/markup.js";
import { domainOf, linearTicks, logTicks, makeScale, niceStep, tickTexts, wholeTicks } from "../companion/widgets/scales.js";
import { changedFragment, fitValues, gridIndex, nearest, readFragment, startValues, writeFragment } from "../companion/widgets/state.js";
import { parseNumber } from "../companion/widgets/typed.js";
import { halfToNumber } from "../companion/widgets/unpack.js";

const TYPED = JSON.parse(readFileSync(new URL("typed_numbers.json", import.meta.url))); // tests/test_typed.py reads the same

test("steps are 1, 2 or 5 times a power of ten", () => {
  assert.deepEqual([0.9, 1, 3, 7, 45].map((span) => niceStep(span, 4)), [0.5, 0.5, 1, 2, 20]);
  assert.equal(niceStep(1, 4, true), 1);
});

test("linear ticks are multiples of the step, inside the ends, without rounding noise", () => {
  assert.deepEqual(linearTicks(-0.1, 0.35, 5), [-0.1, 0, 0.1, 0.2, 0.3]);
  assert.deepEqual(linearTicks(-40, 5, 5), [-40, -30, -20, -10, 0]);
});

test("what is counted has whole ticks, the first layer among them", () => {
  assert.deepEqual(wholeTicks(1, 50, 6), [1, 10, 20, 30, 40, 50]);
  assert.deepEqual(wholeTicks(0.9, 4.1, 12), [1, 2, 3, 4]);
  assert.deepEqual(wholeTicks(1, 9, 5), [1, 3, 5, 7, 9]);
  assert.deepEqual(wholeTicks(0, 20, 5), [0, 5, 10, 15, 20]);
});

test("log ticks are powers of ten, thinned; within a decade also 2 and 5", () => {
  assert.deepEqual(logTicks(1e-3, 100, 10), [1e-3, 1e-2, 0.1, 1, 10, 100]);
  assert.deepEqual(logTicks(1e-12, 1, 4), [1e-12, 1e-8, 1e-4, 1]);
  assert.deepEqual(logTicks(0.5, 8, 5), [0.5, 1, 2, 5]);
});

test("ticks read as a person would write them", () => {
  assert.deepEqual(tickTexts([-40, -20, 0], false), ["−40", "−20", "0"]);
  assert.deepEqual(tickTexts([0, 0.05, 0.1], false), ["0", "0.05", "0.10"]);
  assert.deepEqual(tickTexts([0, 2e6], false), ["0", "2·10^{6}"]);
  assert.deepEqual(tickTexts([1e-12, 1e-6], true), ["10^{−12}", "10^{−6}"]);
  assert.deepEqual(tickTexts([0.01, 1, 100], true), ["0.01", "1", "100"]);
});

test("a scale maps both ways and names what has no place", () => {
  const linear = makeScale(false, [0, 10], [100, 300]);
  assert.equal(linear.at(5), 200);
  assert.equal(linear.invert(200), 5);
  const log = makeScale(true, [1e-4, 1], [0, 400]);
  assert.equal(Math.round(log.at(1e-2)), 200);
  assert.equal(Math.round(Math.log10(log.invert(200))), -2);
  assert.deepEqual([NaN, Infinity, -Infinity, 0].map(linear.place), ["nan", "over", "under", ""]);
  assert.deepEqual([0, -1, 1].map(log.place), ["under", "nan", ""]);
  assert.equal(linear.at(1e300), 1e5, "pixels stay drawable");
});

test("an axis without a domain shows the finite data", () => {
  assert.deepEqual(domainOf([NaN, 2, -Infinity, 4], false, 0), [2, 4]);
  assert.deepEqual(domainOf([0, 10, 1000], true, 0), [10, 1000]);
  const [low, high] = domainOf([3, 3], false, 0);
  assert.ok(low < 3 && high > 3);
  assert.deepEqual(domainOf([NaN], false, 0), [0, 1]);
});

test("float16 is decoded: normal, subnormal, zero, infinite, not a number", () => {
  assert.deepEqual([0x3c00, 0xc000, 0x0001, 0x8000, 0x7c00, 0xfc00].map(halfToNumber), [1, -2, 2 ** -24, -0, Infinity, -Infinity]);
  assert.ok(Number.isNaN(halfToNumber(0x7e00)));
});

test("a contour lies where the map has its value, and nowhere near what is no number", () => {
  const size = 41;
  const radius = (i) => 6 * Math.hypot((i % size) - 20, Math.floor(i / size) - 20);
  const map = Uint8Array.from({ length: size * size }, (_, i) => Math.min(252, radius(i)));
  const [path] = contourPaths(map, size, [60.5]);
  const points = [...path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => Math.hypot(x - 20, y - 20));
  assert.ok(points.length > 100);
  assert.ok(points.every((r) => Math.abs(r - 60.5 / 6) < 0.2));
  assert.deepEqual(contourPaths(Uint8Array.from([0, 254, 252, 0]), 2, [100.5]), [""]);
  assert.deepEqual(levelsOf(3), [63.5, 126.5, 189.5]);
});

const CONTROLS = [
  { kind: "slider", name: "depth", values: [2, 5, 10], start: 1 },
  { kind: "choice", name: "f", values: ["sigmoid", "relu", "a;b,c=d:é"], start: 0 },
];

test("a setting has one place in the grid, last control fastest", () => {
  assert.equal(gridIndex(CONTROLS, { depth: 2, f: "sigmoid" }), 0);
  assert.equal(gridIndex(CONTROLS, { depth: 5, f: "relu" }), 4);
  assert.equal(gridIndex(CONTROLS, { depth: 7, f: "relu" }), -1);
  assert.deepEqual(startValues(CONTROLS), { depth: 5, f: "sigmoid" });
  assert.equal(nearest([1, 10, 100], 54), 1);
});

test("a setting survives the URL, whatever characters it has, beside that of other widgets", () => {
  const values = { depth: 10, f: "a;b,c=d:é" };
  const hash = changedFragment("#other:x=1", "profile", values);
  assert.equal(hash.split(";").length, 2);
  assert.deepEqual(fitValues(CONTROLS, readFragment(hash).profile), values);
  assert.equal(changedFragment(hash, "profile", null), "#other:x=1");
  assert.equal(changedFragment("#see-it", "profile", null), "#see-it", "a heading's fragment is left alone");
  assert.deepEqual(readFragment("#see-it"), {});
  assert.deepEqual(readFragment("#%E0%A4:x=1"), { "%E0%A4": { x: "1" } }, "a broken escape is no error");
  assert.equal(writeFragment({}), "");
});

test("a link's values are fitted: nearest stop, known options, unknown names dropped", () => {
  assert.deepEqual(fitValues(CONTROLS, { depth: "8", f: "relu", x: "1" }), { depth: 10, f: "relu" });
  assert.deepEqual(fitValues(CONTROLS, { depth: "8" }, true), { depth: 8 });
  assert.deepEqual(fitValues(CONTROLS, { depth: "many", f: "none" }), {});
});

test("markup is read, and an identifier is not", () => {
  const kinds = (text) => parseMarkup(text).map(({ kind, text: words }) => [kind, words]);
  assert.deepEqual(kinds("10^{-3} of δ_{12}"), [["", "10"], ["sup", "−3"], ["", " of δ"], ["sub", "12"]]);
  assert.deepEqual(kinds("10^−0.6."), [["", "10"], ["sup", "−0.6"], ["", "."]]);
  assert.deepEqual(kinds("rms δ_l"), [["", "rms δ"], ["sub", "l"]]);
  assert.deepEqual(kinds("leaky_relu"), [["", "leaky_relu"]]);
  assert.deepEqual(kinds("2 * 3 * 4"), [["", "2 * 3 * 4"]]);
  assert.deepEqual(kinds("`a_b` *not* <b>"), [["code", "a_b"], ["", " "], ["em", "not"], ["", " <b>"]]);
  assert.equal(plainText("log10 of 10^{-3}"), "log10 of 10^−3");
});

test("numbers are read as people write them", () => {
  for (const [text, unit, value] of TYPED.numbers) assert.ok(Math.abs(parseNumber(text, unit).value - value) <= 1e-12 * Math.abs(value), text);
  for (const [text, problem] of TYPED.problems) assert.match(parseNumber(text).problem, new RegExp(problem), text);
  assert.equal(parseNumber("  ").problem, "");
  const start = Date.now();
  for (const long of ["1".repeat(1e5), "(".repeat(1e5), "⁻".repeat(1e5), "1e".repeat(1e5)]) assert.match(parseNumber(long).problem, /,000 characters/);
  assert.ok(Date.now() - start < 2000, "a long text is refused at once");
});

test("numbers are said with four digits and powers of ten", () => {
  assert.deepEqual([0.23571, -12, 1e-12, 2.5e-7, 1e6, 0].map(numberText), ["0.2357", "−12", "10^{−12}", "2.5×10^{−7}", "10^{6}", "0"]);
});

test("a guess is measured in decades or in its unit", () => {
  assert.equal(distance({ answer: 1e-12, log: true }, 1e-3), "9.0 powers of ten too high");
  assert.equal(distance({ answer: 57, unit: "degrees" }, 45), "12 degrees too low");
  assert.equal(distance({ answer: 57 }, 57.2), "right on the spot");
  assert.equal(distance({ answer: 693, unit: "steps" }, 500), "193 steps too low");
  assert.equal(distance({ answer: 0.236 }, 0.5), "0.264 too high");
  assert.equal(distance({ answer: 9700, unit: "parameters" }, 12), "9688 parameters too low");
  assert.equal(distance({ answer: 0 }, 5), "5 too high");
});

test("a number nobody expected is guided", () => {
  const said = (answer, got, rtol = 0.01) => judge({ kind: "number", answer, rtol }, got).advice;
  assert.equal(said(8, "1", 0.12), "Too small.", "8 is not 10 to the power 1");
  assert.match(said(1e-12, "-12"), /power of ten/);
  assert.equal(said(1e-12, "1e-8"), "Too large by 4.0 powers of ten.");
  assert.equal(said(1e-300, "1e200"), "Too large by 500.0 powers of ten.");
});

test("every kind of question is judged", () => {
  const choice = { kind: "choice", options: [{ text: "a", correct: true, advice: "A" }, { text: "b", correct: true, advice: "B" }, { text: "c", correct: false, advice: "C" }] };
  assert.deepEqual(judge(choice, [2]), { status: "wrong", advice: "C" });
  assert.match(judge(choice, [0]).advice, /1 more is right/);
  assert.deepEqual(judge(choice, [0, 1]), { status: "correct", advice: "A B" });
  assert.equal(judge(choice, []).status, "not started");
  const order = { kind: "order", items: ["x", "y", "z"], answer: [2, 0, 1], mistakes: [{ orders: [[0, 1, 2]], advice: "No." }] };
  assert.equal(judge(order, [2, 0, 1]).status, "correct");
  assert.equal(judge(order, [0, 1, 2]).advice, "No.");
  assert.equal(judge(order, [2, 1, 0]).advice, "The first 1 is right; number 2 is not.");
  const guess = { kind: "guess", answer: 5, comment: "So." };
  assert.deepEqual(judge(guess, "4"), { status: "guessed", advice: "So.", guess: 4 });
});
