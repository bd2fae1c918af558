// Layers on and off; the record in question is brought into view and marked; text and list move in step.
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

// In step: the list follows the text that is read, and the text follows the list while that is pointed at.
const inStep = () => {
  const items = [...records.querySelectorAll("li[id^='r-']")];
  const anchors = items.map((item) => document.getElementById(`at-${item.id.slice(2)}`));
  const beside = matchMedia("(min-width: 60.01rem)"); // below that the list stands under the text
  let held = false, waiting = false;
  const shown = (n) => items[n].offsetParent && anchors[n]?.parentElement.offsetParent;
  const top = () => Math.min(160, innerHeight / 4);
  const followText = () => {
    let first = -1;
    items.forEach((item, n) => {
      const at = shown(n) ? anchors[n].getBoundingClientRect().top : -1;
      const seen = at >= 0 && at < innerHeight;
      item.classList.toggle("in-view", seen);
      if (seen && first < 0) first = n;
    });
    if (first >= 0 && !held) records.scrollTop = items[first].offsetTop - records.offsetTop - 8;
  };
  const followList = () => {
    const head = records.getBoundingClientRect().top;
    const n = items.findIndex((item, k) => shown(k) && item.getBoundingClientRect().bottom > head + 12);
    if (n < 0) return;
    const at = anchors[n].getBoundingClientRect().top;
    if (at < top() || at > innerHeight * 0.7) scrollBy({ top: at - top() });
  };
  const soon = (step) => () => {
    if (waiting || !beside.matches) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      step();
    });
  };
  for (const [event, value] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) records.addEventListener(event, () => (held = value));
  addEventListener("scroll", soon(followText), { passive: true });
  records.addEventListener("scroll", soon(() => held && followList()), { passive: true });
  const point = (id, on) => {
    document.getElementById(`r-${id}`)?.classList.toggle("pointed", on);
    for (const piece of text.querySelectorAll(`[data-id="${id}"], a.hl[href="#r-${id}"]`)) piece.classList.toggle("pointed", on);
  };
  const idOf = (element) => element.closest?.("li[id^='r-']")?.id.slice(2) ?? element.closest?.("a.hl")?.hash.slice(3) ?? element.closest?.("[data-id]")?.dataset.id;
  for (const [event, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    for (const part of [text, records]) part.addEventListener(event, ({ target }) => idOf(target) && point(idOf(target), on));
  }
  if (beside.matches && !location.hash) followText();
};
if (records?.classList.contains("in-order")) inStep();

// What is selected in the text goes into the form for what the program missed, which then stands at the foot of the screen.
const missed = document.getElementById("missed");
const words = (range) => {
  const part = range.cloneContents();
  for (const mark of part.querySelectorAll(".to-record")) mark.remove();
  for (const line of part.querySelectorAll("p, summary")) line.append(" ");
  return part.textContent.replaceAll("\u200b", "").replace(/\s+/g, " ");
};
if (missed) {
  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    if (!chosen.rangeCount || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) return;
    const range = chosen.getRangeAt(0), quote = words(range).trim();
    missed.classList.toggle("held", quote !== "");
    if (!quote) return;
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const read = words(before).replace(/^ /, "") + words(range).replace(/ $/, "");
    let times = 0;
    for (let at = read.indexOf(quote); at >= 0; at = read.indexOf(quote, at + 1)) times += 1;
    missed.elements.quote.value = quote;
    missed.elements.nth.value = times;
  });
  missed.elements.quote.addEventListener("input", () => (missed.elements.nth.value = ""));
}
