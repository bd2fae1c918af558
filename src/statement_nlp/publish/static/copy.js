// A button beside a text that copies it. Without this, the text is selected and copied by hand.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const told = button.parentElement.querySelector(".copied");
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      told.textContent = "Copied.";
    } catch {
      // where the browser does not allow it (no secure address), the words are selected, ready for the reader's own copy
      getSelection().selectAllChildren(text);
      told.textContent = "Selected: copy it with your keyboard.";
    }
  });
}
