// The stock table page puts filters, facets and column notes before the first row: fold them away behind one line each.
const fold = (elements, title, open) => {
  const found = elements.filter(Boolean);
  if (!found.length) return;
  const details = document.createElement("details");
  details.className = "fold";
  details.open = open;
  const summary = document.createElement("summary");
  summary.textContent = title;
  details.append(summary);
  found[0].before(details);
  details.append(...found);
};
const filtered = new URLSearchParams(location.search).has("_search") || document.querySelectorAll(".filter-row").length > 2;
fold([document.querySelector("form.filters"), document.querySelector(".facet-results")], "Filter and group", filtered);
fold([document.querySelector("dl.column-descriptions")], "What the columns mean", false);
const definition = document.querySelector("pre.wrapped-sql");
if (definition) fold([definition], "How this table is made (SQL)", false);
