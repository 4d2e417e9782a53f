// Turns on the copy buttons. Without script the field can be selected and copied by hand.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const source = document.getElementById(button.dataset.copies);
  if (!source || !navigator.clipboard) continue;
  const label = button.querySelector("[data-label]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = "Copy"), 2000);
  });
}
