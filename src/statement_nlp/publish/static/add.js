// Files and folders dropped on the form, and how much of them is on its way. Without this script the form sends itself.
const form = document.querySelector("form.drop");
const says = form.querySelector(".sending");
const most = { bytes: Number(form.dataset.mostBytes), files: Number(form.dataset.mostFiles) };
const dropped = [];

const inside = async (entry, path) => {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    dropped.push({ file, path: path + entry.name });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const one of some) await inside(one, `${path}${entry.name}/`);
  }
};

const tell = () => {
  const bytes = dropped.reduce((sum, { file }) => sum + file.size, 0);
  const names = dropped.slice(0, 5).map(({ path }) => path).join(", ") + (dropped.length > 5 ? ` and ${dropped.length - 5} more` : "");
  here.firstElementChild.textContent = dropped.length ? `Dropped: ${names} (${Math.ceil(bytes / 1000).toLocaleString("en")} kB)` : empty;
  here.querySelector("button").hidden = !dropped.length;
};

const here = form.querySelector(".drop-here");
const empty = here.firstElementChild.textContent;
here.hidden = false;
here.querySelector("button").addEventListener("click", () => {
  dropped.length = 0;
  tell();
});
for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("over");
  });
}
form.addEventListener("dragleave", (event) => {
  if (!form.contains(event.relatedTarget)) form.classList.remove("over");
});
form.addEventListener("drop", async (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  form.classList.remove("over");
  // entries must be asked for before the event is over
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  for (const entry of entries) {
    if (entry instanceof File) dropped.push({ file: entry, path: entry.name });
    else if (entry) await inside(entry, "");
  }
  tell();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (!(value instanceof File)) data.append(name, value);
  }
  let bytes = 0;
  let files = 0;
  const chosen = [...form.querySelectorAll("input[type=file]")].flatMap((input) =>
    [...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })),
  );
  for (const { file, path } of [...chosen, ...dropped]) {
    data.append("files", file, path);
    bytes += file.size;
    files += 1;
  }
  if (bytes > most.bytes || files > most.files) {
    says.textContent = `That is ${files} files with ${(bytes / 1e6).toFixed(0)} MB: more than is taken at a time. Send it in parts.`;
    return;
  }
  send(data);
});

const send = (data) => {
  const button = form.querySelector("input[type=submit]");
  button.disabled = true;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    says.textContent = `Sending: ${Math.round((100 * loaded) / total)}%`;
  });
  request.addEventListener("load", () => {
    if (request.status < 400) {
      location.assign(request.responseURL);
      return;
    }
    button.disabled = false;
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    says.textContent = (page.querySelector(".message-error") ?? page.querySelector("main") ?? page.body).textContent.trim();
  });
  request.addEventListener("error", () => {
    button.disabled = false;
    says.textContent = "The server does not answer. Is it still running?";
  });
  request.send(data);
};
