// Turns on the copy buttons. Without script the field can be selected and copied by hand.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  if (!source || !navigator.clipboard) continue;
  const label = button.querySelector("[data-label]");
  const before = label.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    label.textContent = label.dataset.done;
    setTimeout(() => (label.textContent = before), 2000);
  });
}
