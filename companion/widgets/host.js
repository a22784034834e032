// Starts the widgets of a static page from the state that the notebook saved. No kernel, no network, no blob.

const WIDGET_STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const WIDGET_VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';

// Buffers are stored beside the state, as base64 with the path of the entry that they fill.
function filledState({ state, buffers = [] }) {
  const filled = structuredClone(state);
  for (const { path, data } of buffers) {
    const owner = path.slice(0, -1).reduce((inner, key) => inner[key], filled);
    owner[path[path.length - 1]] = new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
  }
  return filled;
}

function staticModel(entry) {
  const state = filledState(entry);
  const listeners = new Map();
  const of = (event) => listeners.get(event) || listeners.set(event, new Set()).get(event);
  return {
    isStatic: true,
    get: (key) => state[key],
    set(key, value) {
      if (state[key] === value) return;
      state[key] = value;
      for (const event of [`change:${key}`, "change"]) for (const listener of [...of(event)]) listener();
    },
    on: (event, listener) => of(event).add(listener),
    off: (event, listener) => of(event).delete(listener),
    save_changes() {},
    send() {},
  };
}

function startWidget(tag, entries, models) {
  const id = JSON.parse(tag.textContent).model_id;
  const entry = entries[id];
  const widget = entry && globalThis.courseWidgets?.[entry.state._anywidget_id];
  const el = document.createElement("div");
  el.className = "course-widget";
  tag.before(el);
  if (!widget) {
    el.textContent = "This control needs a running kernel.";
    return;
  }
  try {
    if (!models.has(id)) models.set(id, staticModel(entry));
    widget.render({ model: models.get(id), el });
  } catch (error) {
    el.textContent = `This widget failed to start: ${error.message}`;
    console.error(error);
  }
}

function startWidgets() {
  const entries = {};
  for (const tag of document.querySelectorAll(WIDGET_STATE)) Object.assign(entries, JSON.parse(tag.textContent).state);
  const models = new Map();
  for (const tag of document.querySelectorAll(WIDGET_VIEW)) startWidget(tag, entries, models);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startWidgets);
else startWidgets();
