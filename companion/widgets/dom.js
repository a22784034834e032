// Elements from a name, attributes and children, and an element that comes to show others. Content is only ever added as
// text or as nodes. An HTML element is made at once; an SVG element is a sketch of what is wanted, compared with the sketch
// before it: a picture is drawn again at every change of a control, and most of it stays as it is.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const sketches = new WeakMap(); // SVG element -> the sketch that it shows

const isSketch = (child) => typeof child === "object" && "tag" in child;
const isSet = (value) => value !== undefined && value !== null && value !== false;

function put(node, key, value) {
  if (typeof value === "function") node.addEventListener(key, value);
  else if (key === "style") node.style.cssText = value; // a content policy may forbid the attribute
  else if (isSet(value)) node.setAttribute(key, value === true ? "" : value);
}

function build(node, attributes, children) {
  for (const key in attributes) put(node, key, attributes[key]);
  node.append(...children.map(made));
  return node;
}

function made(child) {
  if (!isSketch(child)) return child;
  const node = build(document.createElementNS(SVG_NAMESPACE, child.tag), child.attributes, child.children);
  sketches.set(node, child);
  return node;
}

export function html(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children.flat());
}

export function svg(tag, attributes = {}, ...children) {
  return { tag, attributes, children: children.flat() };
}

// `node` comes to show these children. Elements that are there already are changed, not replaced: a browser styles and lays
// out a new element far more slowly. Listeners stay with the old element; the same sketch as before is not looked at again.
export function show(node, children) {
  children.forEach((wanted, i) => {
    const old = node.childNodes[i];
    if (!old) node.append(made(wanted));
    else if (old !== wanted && !become(old, wanted)) old.replaceWith(made(wanted));
  });
  while (node.childNodes.length > children.length) node.lastChild.remove();
}

function become(old, wanted) {
  if (typeof wanted === "string") return becomeText(old, wanted);
  if (isSketch(wanted)) return becomeSketch(old, wanted);
  if (old.nodeName !== wanted.nodeName) return false;
  if (old.nodeType === Node.TEXT_NODE) return becomeText(old, wanted.data);
  sketches.delete(old); // it shows another thing from now on
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) put(old, name, value);
  if (old.attributes.length > wanted.attributes.length) for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  if (old.firstChild || wanted.firstChild) show(old, [...wanted.childNodes]);
  return true;
}

function becomeText(old, text) {
  if (old.nodeType !== Node.TEXT_NODE) return false;
  if (old.data !== text) old.data = text;
  return true;
}

function becomeSketch(old, wanted) {
  const before = sketches.get(old);
  if (before === wanted) return true;
  if (before?.tag !== wanted.tag) return false;
  for (const key in before.attributes) if (!isSet(wanted.attributes[key])) old.removeAttribute(key);
  for (const key in wanted.attributes) if (wanted.attributes[key] !== before.attributes[key]) put(old, key, wanted.attributes[key]);
  const same = before.children.length === wanted.children.length && wanted.children.every((child, i) => child === before.children[i]);
  if (!same) show(old, wanted.children);
  sketches.set(old, wanted);
  return true;
}
