// Sending a code again: counts down until it is worth while, and has the button wait as long. Without script the button
// works at once.
const said = document.querySelector("[data-pause]");
const button = document.querySelector("form[data-resend] button");

if (said && button) {
  const until = Date.now() + Number(said.dataset.pause) * 1000;
  const time = said.querySelector("bdi");
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) {
      clearInterval(timer);
      button.disabled = false;
      said.hidden = true;
      return;
    }
    time.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };
  const timer = setInterval(tick, 1000);
  button.disabled = true;
  tick();
}
