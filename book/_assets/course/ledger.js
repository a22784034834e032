// The ledger, filtered by document, verdict and chapter; what is chosen stands in the address, so that it can be sent to somebody.
// Without this script every claim is shown. The rows say what they are in classes: claim-document-D1, claim-verdict-half-true, …
addEventListener("DOMContentLoaded", () => {
  const rows = [...document.querySelectorAll("tr.claim")];
  if (!rows.length) return;
  const valueOf = (row, name) => [...row.classList].find((each) => each.startsWith(`claim-${name}-`))?.slice(`claim-${name}-`.length);
  const headingOf = (row) => row.closest("section").querySelector("h2").firstChild.textContent.trim();
  const chapterOf = (row) => row.querySelector("td:first-child a[title]")?.title;
  const names = { // of a filter: its label, how it says one of its values, and their order
    document: { label: "Document", say: (value, row) => headingOf(row), order: (value) => value },
    verdict: { label: "Verdict", say: (value) => value.replace("-", " "), order: (value) => ["true", "half-true", "depends", "false"].indexOf(value) },
    chapter: { label: "Chapter", say: (value, row) => `${value}. ${chapterOf(row)}`, order: Number },
  };

  const form = document.createElement("form");
  form.className = "course-filter";
  form.setAttribute("aria-label", "Filter the claims");
  const selects = Object.entries(names).map(([name, { label, say, order }]) => {
    const [box, select] = [document.createElement("label"), document.createElement("select")];
    select.name = name;
    select.append(new Option("all", ""));
    const first = new Map(rows.map((row) => [valueOf(row, name), row]).reverse()); // a row that has the value
    const sorted = [...first.keys()].sort((a, b) => (order(a) > order(b) ? 1 : -1));
    sorted.forEach((value) => select.append(new Option(say(value, first.get(value)), value)));
    box.append(`${label} `, select);
    form.append(box);
    return select;
  });
  const [all, count] = [document.createElement("button"), document.createElement("p")];
  all.type = "button";
  all.textContent = "Show all";
  count.setAttribute("role", "status"); // an aria-live region
  form.append(all, count);
  const sections = new Set(rows.map((row) => row.closest("section")));
  [...sections][0].before(form);

  const show = () => {
    const chosen = selects.filter((select) => select.value);
    rows.forEach((row) => (row.hidden = chosen.some((select) => valueOf(row, select.name) !== select.value)));
    sections.forEach((section) => (section.hidden = !section.querySelector("tr.claim:not([hidden])")));
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} claims are shown.`;
    all.disabled = !chosen.length;
  };
  const write = () => {
    const state = selects.filter((select) => select.value).map((select) => `${select.name}=${select.value}`).join("&");
    history.replaceState(null, "", state ? `#${state}` : location.pathname + location.search);
    show();
  };
  // Only what one of the menus offers is taken from the address; what it does not name is shown whole.
  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    const target = location.hash.includes("=") ? null : document.getElementById(location.hash.slice(1));
    if (location.hash && !location.hash.includes("=") && !target?.closest("section[hidden]")) return show(); // a place on the page
    selects.forEach((select) => {
      const wanted = given.get(select.name);
      select.value = [...select.options].some((option) => option.value === wanted) ? wanted : "";
    });
    show();
    target?.scrollIntoView();
  };
  form.addEventListener("change", write);
  form.addEventListener("submit", (event) => event.preventDefault());
  all.addEventListener("click", () => {
    selects.forEach((select) => (select.value = ""));
    write();
    selects[0].focus();
  });
  addEventListener("hashchange", read);
  read();
});
