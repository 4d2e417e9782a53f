// The inbox of approvals: new questions appear while the page is open, the time that is left counts down, and single keys
// move through the cards. Without script the cards are forms, and a reload shows what is new.
import { again, element, follow, say } from "./live.js";
import { begin } from "./passkey.js";

const OFF = "kavach-keys-off";
const KEYS = [
  ["j", "Next card"],
  ["k", "Card before"],
  ["o", "Open the question by itself"],
  ["a", "Approve once: asks the passkey, or goes to the button"],
  ["d", "Deny: goes to the reason, where Enter denies"],
  ["?", "This list"],
];

const inbox = () => document.getElementById("inbox");
const cards = () => [...inbox().querySelectorAll("[data-ask]")];
const asked = (root) => new Set([...root.querySelectorAll("[data-one]")].map(({ id }) => id));
const many = (count, one, several) => (count === 1 ? `1 ${one}` : `${count} ${several}`);

// What is new.

let next = null;
const bar = element("button", { type: "button", class: "news", hidden: "" });
bar.addEventListener("click", () => show());

/** Whether somebody is in the middle of something here. */
const isBusy = () =>
  inbox().contains(document.activeElement) ||
  inbox().querySelector("details[open]") !== null ||
  [...inbox().querySelectorAll("input[name=reason]")].some(({ value }) => value !== "");

async function look() {
  const page = await again();
  const fresh = page?.getElementById("inbox");
  if (!fresh) return;
  const [before, after] = [asked(inbox()), asked(fresh)];
  const come = [...after].filter((id) => !before.has(id)).length;
  const gone = [...before].filter((id) => !after.has(id)).length;
  if (come + gone === 0) return void ([next, bar.hidden] = [null, true]);
  const news = [come && many(come, "new question", "new questions"), gone && `${gone} answered or over`];
  const text = news.filter(Boolean).join(", ");
  next = page;
  if (!isBusy()) show();
  else [bar.textContent, bar.hidden] = [`Show ${text}`, false];
  say(text);
}

/** Puts what is new in place; a card that has the focus keeps it. */
function show() {
  const focused = document.activeElement?.closest?.("[data-ask]")?.id;
  inbox().replaceChildren(...next.getElementById("inbox").childNodes);
  const menu = document.querySelector("nav[aria-label=Console]");
  menu.replaceChildren(...next.querySelector("nav[aria-label=Console]").childNodes);
  [next, bar.hidden] = [null, true];
  begin();
  tick();
  if (focused) (document.getElementById(focused) ?? cards()[0] ?? inbox()).focus();
}

// What time is left.

function tick() {
  for (const place of inbox().querySelectorAll("[data-ends] time")) {
    const seconds = Math.max(0, Math.floor((Date.parse(place.dateTime) - Date.now()) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const short = `${minutes}:${String(seconds % 60).padStart(2, "0")} min`;
    const left = hours > 0 ? `within ${hours} h ${minutes} min` : `within ${short}`;
    place.textContent = seconds === 0 ? "no more: its time is over" : left;
  }
}

// Keys.

const help = element("dialog", { class: "keys", "aria-labelledby": "keys-title" });
const wanted = element("input", { type: "checkbox", class: "size-4.5 accent-accent" });
const close = element("button", { class: "button button-secondary", value: "close" }, "Close");
help.append(
  element(
    "form",
    { method: "dialog" },
    element("h2", { id: "keys-title" }, "Keys"),
    element("dl", {}, ...KEYS.flatMap(([key, means]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, means)])),
    element("label", {}, wanted, "Single keys work on this page"),
    close,
  ),
);
wanted.checked = localStorage.getItem(OFF) === null;
wanted.addEventListener("change", () => (wanted.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));

/** The card that has the focus, or has what has it. */
const here = () => document.activeElement?.closest?.("[data-ask]");

function move(by) {
  const all = cards();
  const at = all.indexOf(here());
  const to = at < 0 ? all[0] : all[Math.min(all.length - 1, Math.max(0, at + by))];
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
}

const moves = {
  j: () => move(1),
  k: () => move(-1),
  o: () => here()?.querySelector("[data-open]")?.click(),
  a() {
    const passkey = here()?.querySelector("[data-passkey]:not([hidden]) > button");
    if (passkey) passkey.click();
    else here()?.querySelector("[data-yes]")?.focus();
  },
  d: () => here()?.querySelector("input[name=reason]")?.focus(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target.closest?.("input, select, textarea")) return;
  const act = wanted.checked && moves[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const opener = document.getElementById("keys");
opener.hidden = false;
opener.addEventListener("click", () => help.showModal());
document.querySelector("main").append(help);
if (inbox()) {
  inbox().before(bar);
  tick();
  setInterval(tick, 1000);
  follow("reasonCode=approval_required", look, () => {});
}
