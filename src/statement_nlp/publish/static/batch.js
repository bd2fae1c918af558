// How far a batch is: asked for every second; when it is over, the page is loaded again with what became of it.
const shown = document.querySelector("[data-progress]");
const look = async () => {
  let said;
  try {
    const answer = await fetch(shown.dataset.progress, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    said = await answer.json();
  } catch {
    shown.querySelector(".state").textContent = "The server does not answer; asking again";
    setTimeout(look, 5000);
    return;
  }
  if (!said.running) {
    location.reload();
    return;
  }
  shown.querySelector(".state").textContent = { waiting: "Waits for its turn", working: "Being read", "to undo": "Being undone" }[said.state];
  shown.querySelector("progress").value = said.files_done;
  shown.querySelector(".files-done").textContent = said.files_done.toLocaleString("en");
  for (const part of shown.querySelectorAll("[data-outcome]")) {
    const n = said.counts[part.dataset.outcome] ?? 0;
    part.hidden = !n;
    part.querySelector("b").textContent = n.toLocaleString("en");
  }
  setTimeout(look, 1000);
};
setTimeout(look, 1000);
