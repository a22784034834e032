// As much of a browser's document as the drawing needs, for node: elements that can be written out as HTML. Build time only.

import { deflateSync } from "node:zlib";

import { checksum } from "./unpack.js";

const VOID = ["input", "br", "img"];
const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const dashed = (name) => name.replace(/[A-Z]/g, (c) => "-" + c.toLowerCase());

class Words {
  constructor(data) {
    this.data = data;
  }
  get outerHTML() {
    return escaped(this.data);
  }
}

class Element {
  constructor(name) {
    this.nodeName = name;
    this.childNodes = [];
    this.named = new Map();
    this.style = new Proxy({}, { get: (style, key) => style[key] ?? "" });
    this.classList = { contains: (word) => (this.named.get("class") ?? "").split(" ").includes(word) };
  }
  get firstChild() {
    return this.childNodes[0];
  }
  get lastChild() {
    return this.childNodes[this.childNodes.length - 1];
  }
  append(...children) {
    this.childNodes.push(...children.map((child) => (typeof child === "string" ? new Words(child) : child)));
  }
  setAttribute(key, value) {
    this.named.set(key, String(value));
  }
  addEventListener() {}
  // Only by class.
  querySelector(selector) {
    for (const child of this.childNodes) {
      if (child instanceof Words) continue;
      const found = child.classList.contains(selector.slice(1)) ? child : child.querySelector(selector);
      if (found) return found;
    }
    return null;
  }
  getContext() {
    return {
      createImageData: (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) }),
      putImageData: (image) => (this.image = image),
    };
  }
  toDataURL() {
    return `data:image/png;base64,${png(this.image).toString("base64")}`;
  }
  get outerHTML() {
    const style = Object.entries(this.style).map(([key, value]) => (key === "cssText" ? value : `${dashed(key)}: ${value}`)).join("; ");
    const attributes = [...this.named, ...(style ? [["style", style]] : [])].map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
    if (VOID.includes(this.nodeName)) return `<${this.nodeName}${attributes}>`;
    return `<${this.nodeName}${attributes}>${this.childNodes.map((child) => child.outerHTML).join("")}</${this.nodeName}>`;
  }
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(checksum(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

// The colours of a heat map are few: a PNG with a palette.
function png({ width, height, data }) {
  const palette = new Map();
  const lines = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < width * height; i++) {
    const colour = data.subarray(4 * i, 4 * i + 3).join();
    if (!palette.has(colour)) palette.set(colour, palette.size);
    lines[i + Math.floor(i / width) + 1] = palette.get(colour);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from([...palette.keys()].flatMap((colour) => colour.split(",").map(Number)));
  const parts = [chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
}

export const paper = {
  createElement: (name) => new Element(name),
  createElementNS: (_, name) => new Element(name),
  createTextNode: (data) => new Words(data),
};
