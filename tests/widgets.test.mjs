// Unit tests of the widgets' pure modules; tests/test_widgets.py runs them with node.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { contourPaths, levelsOf } from "../companion/widgets/contours.js";
import { distance, judge, numberText } from "../companion/widgets/judge.js";
import { parseMarkup, plainText } from "../companion/widgets/markup.js";
import { exits } from "../companion/widgets/edges.js";
import { domainOf, linearTicks, logTicks, makeScale, niceStep, readNumber, tickTexts, wholeTicks, windowOf } from "../companion/widgets/scales.js";
import { bounded, changedFragment, fitValues, gridIndex, nearest, pairsFor, readFragment, refusalText, startValues, topStop } from "../companion/widgets/state.js";
import { parseNumber } from "../companion/widgets/typed.js";
import { checksum, halfToNumber, unpacker } from "../companion/widgets/unpack.js";
import { beyondText } from "../companion/widgets/words.js";

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
  assert.deepEqual(wholeTicks(-0.2, 61.2, 6, 1), [1, 20, 40, 60], "layers have no layer 0");
  assert.deepEqual(wholeTicks(-0.2, 9.2, 5, 1), [1, 3, 5, 7, 9]);
  assert.deepEqual(wholeTicks(0.4, 4.6, 12, 1), [1, 2, 3, 4]);
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
  assert.deepEqual(fitValues(CONTROLS, pairsFor(hash, "profile")), { values, refused: [] });
  assert.equal(changedFragment(hash, "profile", null), "#other:x=1");
  assert.equal(changedFragment("#a:x=1;b:y=2;c:z=3", "b", { y: 4 }), "#a:x=1;b:y=4;c:z=3", "each keeps its place");
  assert.equal(changedFragment("#a:x=1;b:y=2;a:x=3", "a", { x: 4 }), "#a:x=4;b:y=2", "what stood twice stands once");
  assert.equal(changedFragment("#see-it", "profile", null), "#see-it", "a heading's fragment is left alone");
  assert.deepEqual([readFragment("#see-it"), pairsFor("#see-it", "see-it")], [[], null]);
  assert.deepEqual(pairsFor("#%E0%A4:x=1", "%E0%A4"), [["x", "1"]], "a broken escape is no error");
  assert.equal(changedFragment("#profile:depth=2", "profile", null), "");
});

test("a link's values are fitted: nearest stop, known options; what could not be used is named", () => {
  const fit = (text) => fitValues(CONTROLS, pairsFor(`#w:${text}`, "w"));
  assert.deepEqual(fit("depth=8,f=relu,x=1"), { values: { depth: 10, f: "relu" }, refused: ["depth = 8 (10 is shown)", "x = 1"] });
  assert.deepEqual(fit("depth=many,f=none,f"), { values: {}, refused: ["depth = many", "f = none", "f"] });
  assert.deepEqual(fit("depth=4.99"), { values: { depth: 5 }, refused: [] }, "a rounded stop was meant");
  assert.equal(refusalText([]), "");
  assert.equal(refusalText(["a", "b", "c", "d", "e"]), "Not every setting in the address could be used: a; b; c and 2 more.");
});

// Every name an object has by itself, every odd number, broken escapes, markup, floods: as widget, as setting, as value.
const ODD = [
  ...Object.getOwnPropertyNames(Object.prototype), "prototype", "length", "name", "arguments", "caller", "then", "toJSON",
  "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "0x10", "0b1", "1_000", "١٢", "𝟙", "½", "-0", "+5", " 5 ", "5px", "5,5", "null", "undefined", "true", "[]", "{}", "[object Object]",
  "%", "%%", "%2", "%zz", "%E0%A4%A", "%00", "%0A", "%u0041", "%ff%fe", "%F0%9F%98", "%25", "%3B", "%3A", "%2C", "%3D", "😀", "\ud800", "é", "e\u0301", "\u202e", "\u0000", "\ufeff", "中文",
  "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", '"><svg onload=alert(1)>', "'-alert(1)-'", "{{7*7}}", "${7*7}", "`code`", "*em*", "x_{1}", "10^{9}", "\\", "//", "..", "#", "##", "?", "&", "&amp;", "=", "==", ":", "::", ";", ";;", ",", ",,", "",
  "x".repeat(100_000), "9".repeat(1000), "depth", "f",
];
const KINDS_OF_FRAGMENT = [
  (odd) => `#${odd}:depth=1`, (odd) => `#w:${odd}=1`, (odd) => `#w:depth=${odd}`, (odd) => `#w:f=${odd}`, (odd) => `#${odd}`, (odd) => `#w:${odd}`,
  (odd) => `#w:depth=2,${odd},f=relu`, (odd) => `#w:depth=2;w:depth=${odd}`, (odd) => `#${odd};w:depth=10,f=relu`,
];

test("no fragment, however hostile, is an exception, and valid parts of it are used", () => {
  const hashes = new Set(ODD.flatMap((odd) => KINDS_OF_FRAGMENT.map((kind) => kind(odd))));
  for (const number of [10, 1000]) hashes.add(`#${"w:depth=2;".repeat(number)}`).add(`#w:${"depth=2,".repeat(number)}`);
  assert.ok(hashes.size >= 200, `${hashes.size}`);
  const own = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
  for (const hash of hashes) {
    const said = hash.slice(0, 60);
    const pairs = pairsFor(hash, "w") ?? [];
    const { values, refused } = fitValues(CONTROLS, pairs);
    for (const [name, value] of Object.entries(values)) assert.ok(CONTROLS.find((control) => control.name === name).values.includes(value), said);
    assert.ok(refusalText(refused).length < 320, said);
    assert.ok(gridIndex(CONTROLS, { ...startValues(CONTROLS), ...values }) >= 0, said);
    const after = changedFragment(hash, "w", { depth: 2, f: "relu" });
    assert.deepEqual(fitValues(CONTROLS, pairsFor(after, "w")), { values: { depth: 2, f: "relu" }, refused: [] }, said);
    assert.equal(pairsFor(changedFragment(after, "w", null), "w"), null, said);
  }
  assert.equal(JSON.stringify(Object.getOwnPropertyNames(Object.prototype)), own);
  assert.deepEqual(fitValues(CONTROLS, pairsFor("#__proto__:depth=1;w:depth=10,__proto__=2,f=relu", "w")).values, { depth: 10, f: "relu" });
});

test("a control can be bound by another one", () => {
  const controls = [
    { kind: "slider", name: "depth", label: "Depth", values: [1, 2, 4, 8], start: 2 },
    { kind: "slider", name: "neuron", label: "Neuron", values: [1, 2, 3, 4, 5, 6, 7, 8], start: 1, at_most: "depth" },
  ];
  assert.equal(topStop(controls[1], { depth: 4 }), 3);
  assert.equal(topStop(controls[0], {}), 3);
  assert.deepEqual(bounded(controls, { depth: 4, neuron: 7 }), { values: { depth: 4, neuron: 4 }, said: ["Neuron: 4, because Depth is 4."] });
  assert.deepEqual(bounded(controls, { depth: 8, neuron: 7 }), { values: { depth: 8, neuron: 7 }, said: [] });
});

test("the ends of a long axis around 0 are halved as long as everything stays inside, and never far below four decades", () => {
  assert.deepEqual(windowOf([-36, 50], [0, 1.7]), [-2.3, 3.1]);
  assert.deepEqual(windowOf([-36, 50], [0, 4, NaN, -Infinity]), [-2.3, 6.3]);
  assert.deepEqual(windowOf([-36, 50], [0, 14]), [-2.3, 25]);
  assert.deepEqual(windowOf([-44, 44], [-12, 0]), [-22, 2.8]);
  assert.deepEqual(windowOf([-44, 44], [-30, 30]), [-44, 44]);
  assert.deepEqual(windowOf([-13, 13], [0, 0.1]), [-3.3, 3.3]);
  assert.deepEqual(windowOf([-4, 4], [0, 0.1]), [-4, 4]);
  assert.deepEqual(windowOf([0, 100], [0, 0.1]), [0, 100]);
});

test("a value is read with the digits that the eye can tell", () => {
  const axis = { domain: [0, 3], log: false, label: "height" };
  assert.deepEqual([1.23456, -0.0001, NaN, -Infinity].map((value) => readNumber(value, axis)), ["1.23", "0.00", "not a number", "−∞"]);
  const decades = { domain: [-32, 22], log: false, label: "log10 (rms δ_l)" };
  assert.deepEqual([-12.34, -0.01, Infinity, -Infinity].map((value) => readNumber(value, decades)), ["10^{−12.3}", "10^{0.0}", "∞", "0"]);
  assert.equal(readNumber(1.5e-7, { domain: [1e-9, 1], log: true, label: "" }), "1.5·10^{−7}");
});

test("every way out of the frame is found where it meets the edge", () => {
  const plot = { width: 100, height: 50 };
  assert.deepEqual(exits([[0, 25], [50, 75], [100, 25]], plot), [{ at: [25, 50], side: "below", from: 1, to: 1 }]);
  assert.deepEqual(exits([[0, -50], [50, 0], [100, 10]], plot), [{ at: [50, 0], side: "above", from: 0, to: 0 }]);
  assert.deepEqual(exits([[50, 25], [150, 25]], plot), [{ at: [100, 25], side: "right", from: 1, to: 1 }]);
  assert.deepEqual(exits([[0, 1], [100, 49]], plot), []);
  assert.equal(exits([[0, 80], [100, 90]], plot)[0].side, "below");
  assert.equal(beyondText([{ name: "theory", side: "below", text: "10^−38" }]), "Outside the picture: theory (below, to 10^−38).");
});

test("packed bytes that are cut, changed or of another version are refused with a reason", () => {
  const bytes = Uint8Array.from([3 * 4 + 3, 0, 0, 0, 0, 0, 7, 8, 9]); // a table of one array of three bytes, one row of two numbers
  const spec = { arrays: 1, wide: false, rows: 1, width: 2, layouts: [{ panels: [], columns: 1, texts: [] }], texts: [] };
  const read = (changes, data = bytes) => () => unpacker({ ...spec, ...changes }, new DataView(data.buffer, data.byteOffset, data.byteLength))(0);
  assert.deepEqual(read({})(), { panels: [], columns: 1, texts: [] });
  assert.deepEqual(read({ format: 2, sum: checksum(bytes) })(), { panels: [], columns: 1, texts: [] });
  assert.equal(checksum(new TextEncoder().encode("123456789")), 0xcbf43926);
  for (let length = 0; length < bytes.length; length++) assert.throws(read({}, bytes.slice(0, length)), { name: "Damaged", message: /cut off/ });
  assert.throws(read({ sum: checksum(bytes) }, Uint8Array.from([...bytes.slice(0, 8), 0])), { name: "Damaged", message: /checksum/ });
  assert.throws(read({ format: 99 }), { name: "Damaged", message: /another version/ });
  for (const lost of ["arrays", "rows", "width", "layouts", "texts"]) assert.throws(read({ [lost]: undefined }), { name: "Damaged", message: /incomplete/ });
  assert.throws(read({ layouts: [] }), { name: "Damaged", message: /missing/ });
  assert.throws(() => unpacker(spec, undefined), { name: "Damaged" });
});

test("markup is read, and an identifier is not", () => {
  const kinds = (text) => parseMarkup(text).map(({ kind, text: words }) => [kind, words]);
  assert.deepEqual(kinds("10^{-3} of δ_{12}"), [["", "10"], ["sup", "−3"], ["", " of δ"], ["sub", "12"]]);
  assert.deepEqual(kinds("10^−0.6."), [["", "10"], ["sup", "−0.6"], ["", "."]]);
  assert.deepEqual(kinds("rms δ_l"), [["", "rms δ"], ["sub", "l"]]);
  assert.deepEqual(kinds("(|w|/4)^l"), [["", "(|w|/4)"], ["sup", "l"]]);
  assert.deepEqual(kinds("x^lo"), [["", "x^lo"]]);
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
  assert.deepEqual([0.23571, -12, 1e-12, 2.5e-7, 1e6, 0, 524288].map(numberText), ["0.2357", "−12", "10^{−12}", "2.5×10^{−7}", "10^{6}", "0", "524288"]);
});

test("a guess is measured in decades or in its unit", () => {
  assert.equal(distance({ answer: 1e-12, log: true }, 1e-3), "9.0 powers of ten too high");
  assert.equal(distance({ answer: 57, unit: "degrees" }, 45), "12 degrees too low");
  assert.equal(distance({ answer: 57 }, 57.2), "right on the spot");
  assert.equal(distance({ answer: 693, unit: "steps" }, 500), "193 steps too low");
  assert.equal(distance({ answer: 0.236 }, 0.5), "0.264 too high");
  assert.equal(distance({ answer: 9700, unit: "parameters" }, 12), "9688 parameters too low");
  assert.equal(distance({ answer: 0 }, 5), "5 too high");
  assert.equal(distance({ answer: 3, unit: "passes" }, 2), "1 too low");
});

test("a number nobody expected is guided", () => {
  const said = (answer, got, rtol = 0.01) => judge({ kind: "number", answer, rtol }, got).advice;
  assert.equal(said(8, "1", 0.12), "Too small.", "8 is not 10 to the power 1");
  assert.match(said(1e-12, "-12"), /power of ten/);
  assert.equal(said(1e-12, "1e-8"), "Too large by 4.0 powers of ten.");
  assert.equal(said(1e-300, "1e200"), "Too large by 500.0 powers of ten.");
  assert.deepEqual([said(-3, "-2"), said(-3, "-4"), said(3, "2")], ["Too small in size.", "Too large in size.", "Too small."]);
});

test("a right answer earns its comment", () => {
  const told = { comment: "A decade a layer." };
  assert.equal(judge({ kind: "number", answer: 0.1, rtol: 0.01, unit: "a layer", ...told }, "0.1").advice, "0.1 a layer. A decade a layer.");
  assert.equal(judge({ kind: "order", items: ["a", "b"], answer: [1, 0], ...told }, [1, 0]).advice, "A decade a layer.");
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
