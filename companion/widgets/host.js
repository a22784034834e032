// Starts the widgets of a static page from the state that the notebook saved. No kernel, no network, no blob. Where the
// state is damaged a sentence says so, beside the picture that the page has for readers without scripts.

const WIDGET_STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const WIDGET_VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
const DAMAGED = "the page's saved data are damaged";

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

const ownValue = (table, key) => (table && typeof key === "string" && Object.hasOwn(table, key) ? table[key] : undefined);

// What stands on the page for readers without scripts, written there by the build: a picture, or words.
function stillOf(el) {
  const before = el.previousElementSibling;
  return before?.classList.contains("cw-still") ? before : null;
}

// "Explorer 'depth'" or "Question 'q'", from the words beside the widget where its own state cannot be read.
function nameOf(el, entry) {
  const spec = entry?.state?.spec;
  const key = spec?.name || spec?.id;
  const kind = spec?.kind ? "question" : "explorer";
  if (typeof key === "string") return `The ${kind} “${spec.title || key}”`;
  const words = stillOf(el)?.getAttribute("aria-label") || el.nextElementSibling?.nextElementSibling?.textContent || "";
  const found = /(Explorer|Question):? '?([^'<]{1,60})/.exec(words);
  return found ? `The ${found[1].toLowerCase()} “${found[2]}”` : "A widget";
}

function failed(el, entry, error) {
  const reason = error.name === "Damaged" ? error.message : DAMAGED;
  const [still, words] = [stillOf(el), document.createElement("p")];
  const rest = still ? "The picture shows its starting values." : "Loading the page again may help.";
  words.setAttribute("role", "alert");
  words.className = "cw-message";
  words.textContent = `${nameOf(el, entry)} cannot be used here: ${reason}. ${rest}`;
  el.replaceChildren(words);
  el.className = "course-widget cw cw-failed";
  still?.classList.add("cw-shown");
  console.warn(words.textContent, error);
}

function startWidget(tag, entries, models) {
  const el = document.createElement("div");
  el.className = "course-widget";
  tag.before(el);
  let entry;
  try {
    const id = JSON.parse(tag.textContent).model_id;
    entry = entries.get(id);
    if (!entry) throw new Error(`no state of ${id}`);
    const widget = ownValue(globalThis.courseWidgets, entry.state._anywidget_id);
    if (!widget) {
      el.textContent = "This control needs a running kernel.";
      return;
    }
    if (!models.has(id)) models.set(id, staticModel(entry));
    widget.render({ model: models.get(id), el });
    stillOf(el)?.remove();
  } catch (error) {
    failed(el, entry, error);
  }
}

function savedStates() {
  const entries = new Map();
  for (const tag of document.querySelectorAll(WIDGET_STATE)) {
    try {
      for (const [id, entry] of Object.entries(JSON.parse(tag.textContent).state)) entries.set(id, entry);
    } catch (error) {
      console.warn("The saved state of the widgets cannot be read.", error);
    }
  }
  return entries;
}

function startWidgets() {
  const [entries, models] = [savedStates(), new Map()];
  for (const tag of document.querySelectorAll(WIDGET_VIEW)) startWidget(tag, entries, models);
}

document.documentElement.classList.add("cw-scripted"); // stills need not show: their widgets come
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startWidgets);
else startWidgets();
