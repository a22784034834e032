// Elements from a name, attributes and children, and an element that comes to show others. Content is only ever added as
// text or as nodes.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (key === "style") node.style.cssText = value; // a content policy may forbid the attribute
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat());
  return node;
}

export function html(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

// `node` comes to show these children. Elements that are there already are changed, not replaced: a browser styles and lays
// out a new element far more slowly. Listeners stay with the old element; what is `cw-kept` goes in whole, as it is.
export function show(node, children) {
  children.forEach((wanted, i) => {
    const next = typeof wanted === "string" ? document.createTextNode(wanted) : wanted;
    const old = node.childNodes[i];
    if (!old) node.append(next);
    else if (old !== next && !become(old, next)) old.replaceWith(next);
  });
  while (node.childNodes.length > children.length) node.lastChild.remove();
}

const isKept = (node) => node.nodeType === Node.ELEMENT_NODE && node.classList.contains("cw-kept");

function become(old, next) {
  if (old.nodeName !== next.nodeName || isKept(old) || isKept(next)) return false;
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return true;
  }
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) name === "style" ? (old.style.cssText = value) : old.setAttribute(name, value);
  if (old.attributes.length > next.attributes.length) for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  if (old.firstChild || next.firstChild) show(old, [...next.childNodes]);
  return true;
}
