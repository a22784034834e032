// The Explorer widget. State lives in the model's `values`; everything else is drawn from it.

import { address } from "./address.js";
import { makeControl } from "./controls.js";
import { html, show } from "./dom.js";
import { htmlMarkup, plainText } from "./markup.js";
import { drawPanel } from "./panel.js";
import { readings } from "./reading.js";
import { bounded, fitValues, gridIndex, nearest, startValues } from "./state.js";
import { damaged, unpacker } from "./unpack.js";
import { beyondText, captionOf, readoutList, summaryText, titleOf } from "./words.js";

const WIDE = 560; // pixels from which panels stand side by side
const GAP = 28;

const themeOf = (el) => (getComputedStyle(el).getPropertyValue("--cw-theme").trim() === "dark" ? "dark" : "light");
const sameValues = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);

// The frame at these values: from the grid, from the kernel's last answer, or none (yet).
function frameSource(model, spec) {
  const fromGrid = unpacker(spec, model.get("data"));
  if (spec.rows !== spec.controls.reduce((product, { values }) => product * values.length, 1)) throw damaged("its saved settings and pictures do not match");
  return (values) => {
    const index = gridIndex(spec.controls, values);
    if (index >= 0) return { frame: fromGrid(index) };
    const live = model.get("live");
    if (!live.values || !sameValues(live.values, values)) return { waiting: true };
    if (live.error) return { error: live.error };
    return { frame: unpacker(live, model.get("live_data"))(0) };
  };
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

// What a click in this panel does, for those who see it.
function clickHint(panel, controls, live) {
  const labels = panel.click.map((name) => controls.find((control) => control.name === name)?.label).filter(Boolean);
  if (!labels.length) return "";
  return `Click to set ${labels.join(" and ")}${live ? "" : " (the click goes to the nearest mark)"}.`;
}

const stopsOf = (panel, controls, live) => (live ? [] : panel.click.map((name) => controls.find((control) => control.name === name)?.values));

// One row of controls, or two that are as even as can be; what can be played has a row of its own.
function columnsFor(controls) {
  const count = controls.filter(({ play }) => !play).length || 1;
  return count <= 4 ? count : Math.min(4, Math.ceil(count / 2));
}

function renderExplorer({ model, el }) {
  const spec = model.get("spec");
  const live = !model.isStatic;
  const frameAt = frameSource(model, spec);
  const starts = startValues(spec.controls);
  const change = (changed, sentence = "") => {
    const { values, said } = bounded(spec.controls, { ...model.get("values"), ...changed });
    note = [sentence, ...said].filter(Boolean).join(" ");
    if (sameValues(values, model.get("values"))) return draw();
    model.set("values", values);
    model.save_changes();
  };

  let note = "";
  const controls = spec.controls.map((control) => makeControl(control, (name, value) => change({ [name]: value }), live));
  const reset = html("button", { type: "button", class: "cw-reset", "data-lm-suppress-shortcuts": "true", click: () => change(starts) }, "Reset");
  const readouts = readoutList(spec.readouts);
  const message = html("p", { class: "cw-message", role: "status", hidden: true });
  const panels = html("div", { class: "cw-panels" });
  const summary = html("p", { class: "cw-summary", "aria-live": "polite" });
  const root = html(
    "div",
    { class: "cw cw-explorer", role: "group", "aria-label": `Explorer: ${plainText(spec.title || spec.name)}` },
    ...titleOf(spec),
    html("div", { class: "cw-controls", style: `--cw-columns: ${columnsFor(spec.controls)}` }, ...controls.map(({ element }) => element)),
    html("div", { class: "cw-strip" }, readouts.element, reset),
    message,
    panels,
    summary,
    ...captionOf(spec),
  );
  if (!live) model.set("values", { ...starts, ...fitValues(spec.controls, Object.entries(model.get("values") ?? {}).map(([name, value]) => [name, String(value)])).values });
  if (!live) frameAt(model.get("values")); // what is damaged is refused before anything is shown
  el.replaceChildren(root);

  const [holders, places] = [[], []];
  let shown = null;
  let [width, theme] = [panels.clientWidth, themeOf(root)]; // asked once: asking makes the browser lay out the page
  function holder(i) {
    if (!holders[i]) {
      const area = () => ({ panel: shown.panels[i], place: places[i], spec });
      const [canvas, hint] = [html("div", { class: "cw-canvas" }), html("div", { class: "cw-hint" })];
      const element = html("div", { class: "cw-panel", role: "group", tabindex: 0, "data-lm-suppress-shortcuts": "true" }, canvas, hint);
      clicks(element, area, change, live);
      holders[i] = { element, canvas, hint, ...readings(element, area) };
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
    if (panels.childNodes.length !== wanted.length) panels.replaceChildren(...wanted.map(({ element }) => element));
    frame.panels.forEach((panel, i) => {
      const { element, canvas, hint, refresh } = wanted[i];
      const spans = columns > 1 && frame.panels.length % columns === 1 && i === frame.panels.length - 1;
      element.style.gridColumn = spans ? "1 / -1" : "";
      element.classList.toggle("cw-clickable", panel.click.length > 0);
      element.classList.toggle("cw-bare", Boolean(panel.bare));
      const name = plainText(panel.title || panel.y.label || spec.name);
      if (element.ariaLabel !== name) element.ariaLabel = name;
      show(hint, htmlMarkup(clickHint(panel, spec.controls, live)));
      places[i] = drawPanel(canvas, panel, spans ? width : each, theme, text, stopsOf(panel, spec.controls, live));
      refresh();
    });
    readouts.show(frame.texts);
    const outside = beyondText(places.slice(0, frame.panels.length).flatMap(({ beyond }) => beyond));
    show(summary, htmlMarkup([sentence, outside].filter(Boolean).join(" ")));
  }

  function draw() {
    const values = model.get("values");
    spec.controls.forEach((control, i) => controls[i].show(values[control.name], values));
    const aloud = controls.some(({ playing }) => playing?.()) ? "off" : "polite"; // nobody listens to eight sentences a second
    if (summary.ariaLive !== aloud) summary.ariaLive = aloud;
    let [frame, told] = [null, note];
    try {
      const found = frameAt(values);
      if (found.frame) drawFrame(found.frame);
      if (found.error) told = `The function refused this setting. ${found.error}`;
      frame = found.frame;
    } catch (problem) {
      console.warn(problem);
      told = `This setting cannot be shown: ${problem.name === "Damaged" ? problem.message : "its saved data are damaged"}.`;
    }
    root.classList.toggle("cw-stale", !frame);
    message.hidden = !told;
    if (message.textContent !== told) message.textContent = told;
  }

  const url = model.isStatic ? address(spec, starts, change, root) : { begin() {}, write() {}, stop() {} };
  const redraw = () => {
    draw();
    const values = model.get("values");
    url.write(sameValues(values, starts) ? null : values);
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
  draw();
  url.begin();
  return () => {
    for (const event of events) model.off(event, redraw);
    sizes.disconnect();
    heights.disconnect();
    themes.disconnect();
    url.stop();
  };
}

export default { render: renderExplorer };
