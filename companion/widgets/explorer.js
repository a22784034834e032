// The Explorer widget. State lives in the model's `values`; everything else is drawn from it.

import { makeControl } from "./controls.js";
import { html, show } from "./dom.js";
import { htmlMarkup, plainText } from "./markup.js";
import { drawPanel } from "./panel.js";
import { changedFragment, fitValues, gridIndex, nearest, readFragment, startValues } from "./state.js";
import { unpacker } from "./unpack.js";

const WIDE = 560; // pixels from which panels stand side by side
const GAP = 28;
const URL_DELAY = 250; // ms: some browsers limit how often the address may change

const themeOf = (el) => (getComputedStyle(el).getPropertyValue("--cw-theme").trim() === "dark" ? "dark" : "light");
const sameValues = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);

// The frame at these values: from the grid, from the kernel's last answer, or none (yet).
function frameSource(model, spec) {
  const fromGrid = unpacker(spec, model.get("data"));
  return (values) => {
    const index = gridIndex(spec.controls, values);
    if (index >= 0) return { frame: fromGrid(index) };
    const live = model.get("live");
    if (!live.values || !sameValues(live.values, values)) return { waiting: true };
    if (live.error) return { error: live.error };
    return { frame: unpacker(live, model.get("live_data"))(0) };
  };
}

function readoutList(labels) {
  const cells = labels.map(() => html("dd"));
  const pairs = labels.map((label, i) => html("div", {}, html("dt", {}, ...htmlMarkup(label)), cells[i]));
  const showTexts = (texts) => cells.forEach((cell, i) => show(cell, htmlMarkup(texts[i])));
  return { element: html("dl", { class: "cw-readouts" }, ...pairs), show: showTexts };
}

function summaryText(spec, texts) {
  const own = texts.slice(spec.readouts.length);
  return spec.summary.replace(/\{\{|\}\}|\{[^{}]*\}/g, (field) => (field === "{{" ? "{" : field === "}}" ? "}" : own.shift()));
}

// A value that only a kernel can draw: within the slider's ends, as exact as a pixel.
function between({ values, whole }, value) {
  const [low, high] = [values[0], values[values.length - 1]];
  const inside = Math.max(low, Math.min(high, value));
  return whole ? Math.round(inside) : Number(inside.toPrecision(3));
}

// Keeps the greatest height that an element has had at its width: what stands below must not jump at every change.
function steady(elements) {
  const tallest = new WeakMap();
  const keep = (element, width, height) => {
    tallest.set(element, { width, height });
    element.style.minHeight = height ? `${height}px` : "";
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target, borderBoxSize } of entries) {
      const [{ inlineSize: width, blockSize: height }] = borderBoxSize;
      const before = tallest.get(target);
      if (before && before.width !== width) keep(target, width, 0); // its own height at this width is not known yet
      else if (!before || height > before.height) keep(target, width, height);
    }
  });
  for (const element of elements) sizes.observe(element);
  return sizes;
}

// Clicks and drags in a panel set the sliders that it names.
function clicks(holder, area, change, live) {
  const report = (event) => {
    const { panel, place, spec } = area();
    if (!place || !panel.click.length) return;
    const box = place.picture.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left - place.left, event.clientY - box.top - place.top];
    if (px < 0 || py < 0 || px > place.width || py > place.height) return;
    const at = [place.x.invert(px), place.y.invert(py)];
    const chosen = {};
    panel.click.forEach((name, i) => {
      const control = spec.controls.find((each) => each.name === name);
      if (control) chosen[name] = live && event.type === "click" ? between(control, at[i]) : control.values[nearest(control.values, at[i])];
    });
    change(chosen);
  };
  holder.addEventListener("click", report);
  holder.addEventListener("pointermove", (event) => event.buttons === 1 && event.pointerType === "mouse" && report(event));
}

// The part of the URL fragment that is this widget's: read at the start and when a link changes it, written when values change.
function fragment(model, spec, apply, el) {
  const read = () => fitValues(spec.controls, readFragment(location.hash)[spec.name] || {});
  let timer = 0;
  const write = (values) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const moved = !sameValues(values, startValues(spec.controls));
      const hash = changedFragment(location.hash, spec.name, moved ? values : null);
      if (hash !== location.hash) history.replaceState(history.state, "", hash || location.pathname + location.search);
    }, URL_DELAY);
  };
  const follow = () => {
    const raw = readFragment(location.hash)[spec.name];
    if (!raw) return;
    apply({ ...startValues(spec.controls), ...read() });
    el.scrollIntoView({ block: "nearest" });
  };
  addEventListener("hashchange", follow);
  const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (arrived && readFragment(location.hash)[spec.name]) requestAnimationFrame(() => el.scrollIntoView({ block: "nearest" }));
  return { first: read(), write, stop: () => (clearTimeout(timer), removeEventListener("hashchange", follow)) };
}

// One row of controls, or two that are as even as can be.
const columnsFor = (count) => (count <= 4 ? count : Math.min(4, Math.ceil(count / 2)));

function renderExplorer({ model, el }) {
  const spec = model.get("spec");
  const live = !model.isStatic;
  const frameAt = frameSource(model, spec);
  const change = (changed) => {
    const values = { ...model.get("values"), ...changed };
    if (sameValues(values, model.get("values"))) return;
    model.set("values", values);
    model.save_changes();
  };

  const controls = spec.controls.map((control) => makeControl(control, (name, value) => change({ [name]: value }), live));
  const reset = html("button", { type: "button", class: "cw-reset", "data-lm-suppress-shortcuts": "true", click: () => change(startValues(spec.controls)) }, "Reset");
  const readouts = readoutList(spec.readouts);
  const message = html("p", { class: "cw-message", role: "status", hidden: true });
  const panels = html("div", { class: "cw-panels" });
  const summary = html("p", { class: "cw-summary", "aria-live": "polite" });
  const title = spec.title ? [html("div", { class: "cw-title" }, ...htmlMarkup(spec.title))] : [];
  const caption = spec.caption ? [html("div", { class: "cw-caption" }, ...htmlMarkup(spec.caption))] : [];
  const root = html(
    "div",
    { class: "cw cw-explorer", role: "group", "aria-label": `Explorer: ${plainText(spec.title || spec.name)}` },
    ...title,
    html("div", { class: "cw-controls", style: `--cw-columns: ${columnsFor(controls.length)}` }, ...controls.map(({ element }) => element)),
    html("div", { class: "cw-strip" }, readouts.element, reset),
    message,
    panels,
    summary,
    ...caption,
  );
  el.replaceChildren(root);

  const holders = [];
  const places = [];
  let shown = null;
  let [width, theme] = [panels.clientWidth, themeOf(root)]; // asked once: asking makes the browser lay out the page
  function holder(i) {
    if (!holders[i]) {
      holders[i] = html("div", { class: "cw-panel" });
      clicks(holders[i], () => ({ panel: shown.panels[i], place: places[i], spec }), change, live);
    }
    return holders[i];
  }

  function drawFrame(frame) {
    if (!width) return; // not laid out yet: the observer below calls again
    const columns = width >= WIDE ? Math.min(frame.columns, frame.panels.length) : 1;
    const each = Math.floor((width - GAP * (columns - 1)) / columns);
    const sentence = summaryText(spec, frame.texts);
    const text = plainText(sentence);
    panels.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    shown = frame;
    const wanted = frame.panels.map((_, i) => holder(i));
    if (panels.childNodes.length !== wanted.length) panels.replaceChildren(...wanted);
    frame.panels.forEach((panel, i) => {
      const spans = columns > 1 && frame.panels.length % columns === 1 && i === frame.panels.length - 1;
      wanted[i].style.gridColumn = spans ? "1 / -1" : "";
      wanted[i].classList.toggle("cw-clickable", panel.click.length > 0);
      places[i] = drawPanel(wanted[i], panel, spans ? width : each, theme, text);
    });
    readouts.show(frame.texts);
    show(summary, htmlMarkup(sentence));
  }

  function draw() {
    const values = model.get("values");
    spec.controls.forEach((control, i) => controls[i].show(values[control.name]));
    const { frame, error } = frameAt(values);
    root.classList.toggle("cw-stale", !frame);
    message.hidden = !error;
    message.textContent = error ? `The function refused this setting. ${error}` : "";
    if (frame) drawFrame(frame);
  }

  const url = model.isStatic ? fragment(model, spec, change, root) : { first: {}, write() {}, stop() {} };
  const redraw = () => {
    draw();
    url.write(model.get("values"));
  };
  const events = ["change:values", "change:live"];
  for (const event of events) model.on(event, redraw);
  const sizes = new ResizeObserver(() => {
    if (panels.clientWidth === width) return;
    width = panels.clientWidth;
    draw();
  });
  sizes.observe(panels);
  const heights = steady([readouts.element.parentNode, summary]);
  const themes = new MutationObserver(() => {
    theme = themeOf(root);
    draw();
  });
  for (const node of [document.documentElement, document.body]) themes.observe(node, { attributeFilter: ["data-theme", "data-jp-theme-light"] });
  change(url.first);
  draw();
  return () => {
    for (const event of events) model.off(event, redraw);
    sizes.disconnect();
    heights.disconnect();
    themes.disconnect();
    url.stop();
  };
}

export default { render: renderExplorer };
