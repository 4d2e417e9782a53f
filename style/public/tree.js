// The delegation tree. Everything it shows comes from the server; this walks through the rows with arrow keys, fetches
// the next state instead of loading a page, looks every few seconds whether something changed, and moves and scales the
// drawing. Without script every link of it is a page.
const KEPT = ["drawing"];
let scale = 1;

const tree = () => document.getElementById("tree");
const view = () => document.getElementById("drawing");
const grid = () => tree()?.querySelector("[role=treegrid]");
const rows = () => [...(grid()?.querySelectorAll("tbody > tr") ?? [])];
const level = (row) => Number(row.getAttribute("aria-level"));
const links = (row) => [...row.querySelectorAll("a")].filter((link) => link.offsetParent !== null);

/** Gets a state of the page and puts it in place of this one; what has the focus keeps it. */
async function load(url, { push = true, quiet = false } = {}) {
  let next;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("tree");
    if (!next) throw new Error("not a tree");
  } catch {
    if (!quiet) location.assign(url);
    return;
  }
  const now = tree();
  if (quiet && next.innerHTML === served) return;
  const focused = document.activeElement?.closest?.("#tree tr")?.id;
  const places = KEPT.map((id) => document.getElementById(id)).map((part) => [part?.scrollLeft, part?.scrollTop]);
  served = next.innerHTML;
  now.replaceChildren(...next.childNodes);
  KEPT.forEach((id, index) => document.getElementById(id)?.scrollTo(...places[index]));
  if (push) history.pushState(null, "", url);
  begin();
  const row = focused && document.getElementById(focused);
  if (row) go(row);
}

let served = tree()?.innerHTML;

/** One row can be reached by Tab: the one looked at, else the first. */
function begin() {
  const all = rows();
  for (const row of all) {
    row.tabIndex = -1;
    for (const link of row.querySelectorAll("a")) link.tabIndex = -1;
  }
  const looked = all.find((row) => row.getAttribute("aria-selected") === "true") ?? all[0];
  if (looked) looked.tabIndex = 0;
  document.getElementById("zoom")?.removeAttribute("hidden");
  draw();
}

function go(target) {
  for (const row of rows()) row.tabIndex = -1;
  (target.closest("tr") ?? target).tabIndex = 0;
  target.focus();
}

/** What a key does in a row, or in one of its links. */
function walk(event) {
  const row = event.target.closest?.("#tree tbody > tr");
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = rows();
  const at = all.indexOf(row);
  const inside = links(row);
  const place = inside.indexOf(event.target);
  const turn = row.querySelector("a[data-turn]");
  const open = row.getAttribute("aria-expanded") === "true";
  const move = {
    ArrowDown: () => all[at + 1],
    ArrowUp: () => all[at - 1],
    Home: () => (place >= 0 ? inside[0] : all[0]),
    End: () => (place >= 0 ? inside.at(-1) : all.at(-1)),
    ArrowRight() {
      if (place < 0 && turn && !open) return void turn.click();
      return inside[place + 1] ?? (place < 0 ? inside[0] : undefined);
    },
    ArrowLeft() {
      if (place > 0) return inside[place - 1];
      if (place === 0) return row;
      if (turn && open) return void turn.click();
      return all.slice(0, at).reverse().find((above) => level(above) < level(row));
    },
    Enter: () => (place < 0 ? void row.querySelector("a[data-look]")?.click() : null),
  }[event.key];
  if (!move) return;
  const target = move();
  if (target === null) return;
  event.preventDefault();
  if (target) go(target);
}

/** Shows the drawing at its scale. */
function draw() {
  const svg = view()?.querySelector("svg");
  if (!svg) return;
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  svg.setAttribute("width", Math.round(width * scale));
  svg.setAttribute("height", Math.round(height * scale));
}

/** Scales so that a point of the window stays where it is. */
function zoom(factor, x, y) {
  const part = view();
  const box = part.getBoundingClientRect();
  const [dx, dy] = [(x ?? box.left + box.width / 2) - box.left, (y ?? box.top + box.height / 2) - box.top];
  const before = scale;
  scale = Math.min(2, Math.max(0.15, scale * factor));
  draw();
  const by = scale / before;
  part.scrollTo((part.scrollLeft + dx) * by - dx, (part.scrollTop + dy) * by - dy);
}

/** At first: small enough for its width where that can still be read, and with the agent looked at in the middle. */
function settle() {
  const part = view();
  const svg = part?.querySelector("svg");
  if (!svg) return;
  scale = Math.min(1, Math.max(0.6, part.clientWidth / svg.viewBox.baseVal.width));
  draw();
  const looked = svg.querySelector(".looked-at")?.getBoundingClientRect();
  const box = part.getBoundingClientRect();
  if (looked) part.scrollBy(looked.left + looked.width / 2 - box.left - box.width / 2, looked.top - box.top - box.height / 2);
}

/** Makes all of it fit. */
function fit() {
  const part = view();
  const [, , width, height] = part.querySelector("svg").getAttribute("viewBox").split(" ").map(Number);
  scale = Math.min(1, Math.max(0.15, Math.min(part.clientWidth / width, part.clientHeight / height)));
  draw();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zoom]");
  if (button) return { in: () => zoom(1.25), out: () => zoom(0.8), fit }[button.dataset.zoom]();
  const link = event.target.closest?.("a");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (dragged) return event.preventDefault();
  const stays = link.matches("[data-turn], [data-look]") || link.closest("#drawing");
  if (!stays) return;
  event.preventDefault();
  const row = link.closest("tr");
  if (row) go(row);
  const address = link.href instanceof Object ? link.href.baseVal : link.href;
  load(new URL(address, location.href).href);
});
document.addEventListener("keydown", walk);
addEventListener("popstate", () => load(location.href, { push: false }));

// Dragging moves the drawing; a click that was a drag follows no link.
let held = null;
let dragged = false;
document.addEventListener("pointerdown", (event) => {
  dragged = false;
  const part = event.target.closest?.("#drawing");
  if (!part || event.button !== 0 || event.pointerType === "touch") return;
  held = { part, x: event.clientX, y: event.clientY, left: part.scrollLeft, top: part.scrollTop };
});
document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
  dragged ||= Math.hypot(dx, dy) > 5;
  if (dragged) held.part.scrollTo(held.left - dx, held.top - dy);
});
document.addEventListener("pointerup", () => (held = null));
document.addEventListener("dragstart", (event) => event.target.closest?.("#drawing") && event.preventDefault());
document.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey || !event.target.closest?.("#drawing")) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, event.clientX, event.clientY);
  },
  { passive: false },
);

begin();
settle();
setInterval(() => document.hidden || held || load(location.href, { push: false, quiet: true }), Number(tree()?.dataset.every ?? 10) * 1000);
