// Repairs to the theme's labels: they hide the visible words from assistive technology, and the logo is in no landmark.
addEventListener("DOMContentLoaded", () => {
  const mislabelled = ".search-button-field, .theme-switch-button, summary[aria-label='Toggle hidden content']";
  document.querySelectorAll(mislabelled).forEach((element) => element.removeAttribute("aria-label"));
  document.querySelectorAll(".theme-switch-button").forEach((button) => button.setAttribute("title", "Colour mode"));
  const logo = document.querySelector(".sidebar-primary-item:has(.navbar-brand)");
  logo?.setAttribute("role", "navigation");
  logo?.setAttribute("aria-label", "Home");
});

// A formula that is wider than the screen scrolls in its box; the keyboard reaches it there.
const reachWideFormulas = () =>
  document.querySelectorAll("div.math").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
addEventListener("load", reachWideFormulas);
addEventListener("resize", reachWideFormulas);

// What is to be read in a cell: a formula is there twice, for the eyes and for a screen reader.
const readable = (cell) => {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll(".katex-mathml").forEach((spoken) => spoken.remove());
  return copy.textContent;
};

// A table of sentences becomes a list of cards on a phone; each cell then needs the name of its column.
addEventListener("DOMContentLoaded", () =>
  document.querySelectorAll("article table.table").forEach((table) => {
    const cells = [...table.querySelectorAll("tbody td")];
    if (!cells.some((cell) => readable(cell).length > 60)) return;
    const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
    cells.forEach((cell) => (cell.dataset.column = names[cell.cellIndex] ?? ""));
    table.classList.add("course-sentences");
  }),
);

// On a phone a figure fits the screen and its lettering is small: a button shows it as large as on a desk, scrolling in its box.
addEventListener("DOMContentLoaded", () =>
  document.querySelectorAll(".course-figure").forEach((figure) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "course-enlarge";
    const show = (large) => {
      figure.classList.toggle("course-large", large);
      if (large) figure.tabIndex = 0; // the keyboard scrolls it
      else figure.removeAttribute("tabindex");
      button.textContent = large ? "Fit to the screen" : "Enlarge the figure";
    };
    button.addEventListener("click", () => show(!figure.classList.contains("course-large")));
    show(false);
    figure.after(button);
  }),
);

// docutils calls the bibliography a list, but its entries are no list items.
addEventListener("DOMContentLoaded", () =>
  document.querySelectorAll(".citation-list[role=list]").forEach((list) => list.removeAttribute("role")),
);

// The theme's buttons: what each does is named in the page, so that a host may forbid scripts in attributes (companion/book/policy.py).
const actions = {
  "window.print()": () => window.print(),
  "course.printOpen()": () => {
    const folds = [...document.querySelectorAll("article details:not([open])")];
    folds.forEach((fold) => (fold.open = true));
    window.print();
    folds.forEach((fold) => (fold.open = false));
  },
  "toggleFullScreen()": () => window.toggleFullScreen(),
};
addEventListener("click", (event) => actions[event.target.closest?.("[data-course-action]")?.dataset.courseAction]?.());

// The menu in the head of a page: a click or Enter opens it, arrows walk through it, Escape or a click elsewhere closes it.
let menus = [];
addEventListener("DOMContentLoaded", () => (menus = [...document.querySelectorAll("[data-bs-toggle=dropdown]")]));
const isOpen = (button) => button.getAttribute("aria-expanded") === "true";
const openMenu = (button, open) => {
  button.setAttribute("aria-expanded", open);
  button.nextElementSibling.classList.toggle("show", open);
};
addEventListener("click", (event) => {
  const pressed = event.target.closest?.("[data-bs-toggle=dropdown]");
  menus.forEach((button) => openMenu(button, button === pressed && !isOpen(button)));
});
addEventListener("keydown", (event) => {
  const button = menus.find(isOpen);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!button || (event.key !== "Escape" && !step)) return;
  const items = [...button.nextElementSibling.querySelectorAll("a, button")];
  event.preventDefault();
  if (step) items.at((items.indexOf(document.activeElement) + step + (step < 0 && !items.includes(document.activeElement))) % items.length).focus();
  else {
    openMenu(button, false);
    button.focus();
  }
});

// Paper is white: print in the light colours, and come back to the reader's.
let mode;
addEventListener("beforeprint", () => {
  mode ??= document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  if (mode) document.documentElement.dataset.theme = mode;
  mode = undefined;
});
