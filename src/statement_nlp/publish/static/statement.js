// Layers on and off; the record in question is brought into view and marked.
const text = document.querySelector("article.text");
const records = document.querySelector("aside.records");
for (const box of document.querySelectorAll("[data-layer]")) {
  box.addEventListener("change", () => {
    for (const part of [text, records]) part.classList.toggle(`no-${box.dataset.layer}`, !box.checked);
  });
}
const mark = () => {
  for (const old of document.querySelectorAll(".current")) old.classList.remove("current");
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!target) return;
  const shown = target.classList.contains("at") ? target.nextElementSibling : target;
  for (let up = target.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  // a whole section is shown from its beginning; a record in the middle of the screen, framed
  const tall = target.offsetHeight > innerHeight / 2;
  if (!tall) shown?.classList.add("current");
  target.scrollIntoView({ block: tall ? "start" : "center" });
};
addEventListener("hashchange", mark);
mark();
