// Light markup: `code`, *emphasis*, x_{12} or x_l, 10^{-3}, 10^-3 or x^l; log10 gets its index. markup.py reads the same.

import { html, svg } from "./dom.js";

const MARKS = /`([^`]*)`|\*([^\s*](?:[^*]*[^\s*])?)\*|\^\{([^{}]*)\}|\^([-−]?\d+(?:\.\d+)?|[A-Za-z](?!\w))|_\{([^{}]*)\}|_([A-Za-z0-9])(?![\w{])|\blog(10)\b/g;
const KINDS = ["", "code", "em", "sup", "sup", "sub", "sub", "sub"];

// "10^{-3} of `f`" -> [{kind: "", text: "10"}, {kind: "sup", text: "-3"}, ...]
export function parseMarkup(text) {
  const tokens = [];
  let end = 0;
  const plain = (until) => until > end && tokens.push({ kind: "", text: text.slice(end, until) });
  for (const match of String(text).matchAll(MARKS)) {
    plain(match.index);
    const group = KINDS.findIndex((_, i) => i > 0 && match[i] !== undefined);
    if (group === 7) tokens.push({ kind: "", text: "log" });
    tokens.push({ kind: KINDS[group], text: group > 2 ? match[group].replace(/-/g, "−") : match[group] });
    end = match.index + match[0].length;
  }
  plain(String(text).length);
  return tokens;
}

export function plainText(text) {
  return parseMarkup(text)
    .map((token) => (token.kind === "sup" ? "^" + token.text : token.text))
    .join("");
}

export function htmlMarkup(text) {
  return parseMarkup(text).map((token) => {
    if (!token.kind) return token.text;
    return html(token.kind, {}, ...(token.kind === "em" ? htmlMarkup(token.text) : [token.text]));
  });
}

// SVG has no <sup>: shift the baseline, and back again in the next piece.
export function svgMarkup(text) {
  const shift = { sup: -0.34, sub: 0.2 };
  let baseline = 0;
  return parseMarkup(text).map(({ kind, text: words }) => {
    const wanted = shift[kind] || 0;
    const size = wanted ? 0.76 : 1;
    const attributes = { dy: `${((wanted - baseline) / size).toFixed(3)}em` };
    if (wanted) attributes["font-size"] = "76%";
    if (kind === "em") attributes["font-style"] = "italic";
    if (kind === "code") attributes.class = "cw-code";
    baseline = wanted;
    return svg("tspan", attributes, words);
  });
}
