// Suggestions under each search box, after the ARIA pattern of a combobox with a list. Without this the form searches.
const WAIT = 120;
const label = { place: "Place", party: "Party", organisation: "Organisation", statement: "Statement", claim: "Claim", demand: "Demand", search: "Meant?" };
let count = 0;

const part = (name, text, element = "span") => Object.assign(document.createElement(element), { className: name, textContent: text });

const option = (id, one) => {
  const item = part("", "", "li");
  item.id = id;
  item.setAttribute("role", "option");
  item.append(part(`suggested ${one.kind}`, label[one.kind]), part("label", one.label), part("meta", one.detail));
  if (one.illustrative) item.append(part("kind illustrative", "illustrative"));
  return item;
};

const attach = (input) => {
  const name = `suggestions-${(count += 1)}`;
  const list = part("suggestions", "", "ul");
  list.id = name;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  const told = part("hidden", "");
  told.setAttribute("role", "status");
  input.parentElement.classList.add("suggesting");
  input.after(list, told);
  for (const [key, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": name })) input.setAttribute(key, value);

  let found = [], current = -1, timer = 0, asking = null, typed = "";
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) point(-1);
  };
  const point = (at) => {
    list.children[current]?.setAttribute("aria-selected", "false");
    current = at;
    const item = list.children[at];
    if (item) {
      item.setAttribute("aria-selected", "true");
      item.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", item.id);
    } else input.removeAttribute("aria-activedescendant");
  };
  const take = (one) => {
    if (!("fill" in input.dataset)) return location.assign(one.href);
    input.value = one.value;
    input.form.requestSubmit();
  };
  const ask = async () => {
    const words = input.value.trim();
    if (words === typed) return;
    typed = words;
    asking?.abort();
    if (words.length < 2) return show(false);
    asking = new AbortController();
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return show(false);
      found = (await answer.json()).suggestions;
    } catch (error) {
      if (error.name === "AbortError") return; // the next keystroke asks anew
      throw error;
    }
    current = -1;
    list.replaceChildren(...found.map((one, n) => option(`${name}-${n}`, one)));
    const open = found.length > 0 && document.activeElement === input;
    show(open);
    told.textContent = open ? `${found.length} suggestions, arrow keys to choose` : "no suggestions";
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (!found.length) return;
      event.preventDefault();
      const steps = found.length + 1; // one step is back in the box itself
      const from = list.hidden ? -1 : current;
      show(true);
      point(((from + 1 + (key === "ArrowDown" ? 1 : -1) + steps) % steps) - 1);
    } else if (key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    } else if (key === "Enter" && !list.hidden && current >= 0) {
      event.preventDefault();
      take(found[current]);
    }
  });
  input.addEventListener("focus", () => show(found.length > 0 && typed === input.value.trim() && typed.length > 1));
  input.addEventListener("blur", () => show(false));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) take(found[[...list.children].indexOf(item)]);
  });
};
document.querySelectorAll("input[data-suggest]").forEach(attach);
