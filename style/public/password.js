// Puts a "Show" button beside every new password. Without script the field is a plain password field.
for (const button of document.querySelectorAll("button[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  if (!field) continue;
  const label = button.querySelector("[data-label]");
  const words = { show: label.textContent, hide: label.dataset.hide };
  const names = { show: button.getAttribute("aria-label"), hide: button.dataset.hideLabel };
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    label.textContent = shown ? words.show : words.hide;
    button.setAttribute("aria-label", shown ? names.show : names.hide);
  });
  // A password must not be kept as text by the browser's form history.
  field.form?.addEventListener("submit", () => (field.type = "password"));
}
