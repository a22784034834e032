// Numbers as people type them: 10^-12, 2·10⁻³, 1/4, 4/(3 sqrt(2π)), 25 %, 0,25. practice/typed.py reads the same (tests/typed_numbers.json).

const LONGEST = 100; // characters of an answer
const HOW = "Write a number such as 0.25, −3, 1e-12, 10^-12 or 2*sqrt(pi).";
const CONSTANTS = new Map([["pi", Math.PI], ["e", Math.E]]);
const FUNCTIONS = new Map([["sqrt", Math.sqrt], ["exp", Math.exp], ["log", Math.log], ["ln", Math.log], ["log10", Math.log10], ["log2", Math.log2]]);
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SIGNS = [["**", "^"], ["−", "-"], ["–", "-"], ["·", "*"], ["π", "pi"], ["√", "sqrt"], ["½", ".5"], ["¼", ".25"], ["¾", ".75"], ["⅛", ".125"], ["{", "("], ["}", ")"]];
const TOKEN = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|log10|log2|[a-z]+|[-+*/^()]/g;

const lowered = (text) => text.replace(/[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (raised) => "^" + [...raised].map((c) => ({ "⁻": "-", "⁺": "+" })[c] ?? RAISED.indexOf(c)).join(""));
const compact = (text) => text.replace(/\s/g, "").toLowerCase();

function fail() {
  throw new SyntaxError(HOW);
}

const finite = (value) => (Number.isFinite(value) ? value : fail());

// Reads an expression by recursive descent; throws where it is none, or has no finite value.
function evaluate(text) {
  const tokens = text.match(TOKEN) ?? [];
  if (tokens.join("") !== text) fail();
  const take = (...wanted) => (wanted.includes(tokens[0]) ? tokens.shift() : "");
  function sum() {
    let value = product();
    for (let sign = take("+", "-"); sign; sign = take("+", "-")) value = finite(value + product() * (sign === "+" ? 1 : -1));
    return value;
  }
  function product() {
    let value = signed();
    let divided = false;
    while (tokens.length && !["+", "-", ")"].includes(tokens[0])) {
      const sign = take("*", "/");
      if (!sign && (divided || !/^[a-z(]/.test(tokens[0]))) fail(); // 2π is a product, but 1/2π might be meant as 1/(2π)
      const right = signed();
      divided ||= sign === "/";
      value = finite(sign === "/" ? value / right : value * right);
    }
    return value;
  }
  function signed() {
    const sign = take("+", "-");
    if (sign) return signed() * (sign === "+" ? 1 : -1);
    const value = atom();
    return take("^") ? finite(value ** signed()) : value;
  }
  function atom() {
    const token = tokens.shift();
    if (token === "(") {
      const value = sum();
      return take(")") ? value : fail();
    }
    if (FUNCTIONS.has(token)) return finite(FUNCTIONS.get(token)(atom()));
    return CONSTANTS.get(token) ?? (/^[0-9.]/.test(token) ? finite(Number(token)) : fail());
  }
  const value = sum();
  return tokens.length ? fail() : value;
}

// {value} or {problem}; the unit may stand behind the number.
export function parseNumber(raw, unit = "") {
  const typed = raw.trim();
  if (typed.length > LONGEST) return { problem: `That has ${typed.length.toLocaleString("en")} characters. Write a number with at most ${LONGEST}.` };
  let text = compact(SIGNS.reduce((changed, [sign, plain]) => changed.replaceAll(sign, plain), lowered(typed)));
  const ending = compact(unit);
  if (ending && text.endsWith(ending)) text = text.slice(0, -ending.length);
  if (!text) return { problem: typed ? HOW : "" };
  if (/[0-9],[0-9]{3}([^0-9]|$)/.test(text) && !text.includes(".")) return { problem: `Is “${typed}” a thousand or a decimal comma? Write it with a point, or without a comma.` };
  text = text.replace(/^([^,]*),([^,]*)$/, "$1.$2").replace(/^×(?=[0-9])/, "").replaceAll("×", "*").replace(/([0-9.)])x(?=[0-9.(])/g, "$1*");
  try {
    return { value: evaluate(text.replace(/%$/, "")) / (text.endsWith("%") ? 100 : 1) };
  } catch {
    return { problem: HOW };
  }
}
