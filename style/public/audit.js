// The audit log: following it, checking a record of it, and marking hours. Without script a reload shows what is new, the
// command line checks records, and the numbers beside the drawing lead to the same pages as marking hours in it does.
import { again, element, follow, say } from "./live.js";
import { begin } from "./verify.js";

const SVG = "http://www.w3.org/2000/svg";

function hours(chart) {
  const [from, span, bars] = [chart.dataset.from, chart.dataset.span, chart.dataset.bars].map(Number);
  const range = document.querySelector("[data-range]");
  const mark = chart.appendChild(document.createElementNS(SVG, "rect"));
  const { width, height } = chart.viewBox.baseVal;
  const time = (bar) => new Date(from + bar * span).toISOString();
  let [begun, marked] = [null, null];

  function show(between) {
    marked = between;
    const [first, last] = between ?? [0, -1];
    const size = { class: "marked", y: 0, height, x: (first * width) / bars, width: ((last + 1 - first) * width) / bars };
    for (const [name, value] of Object.entries(size)) mark.setAttribute(name, value);
    const said = [first, last + 1].map((bar) => time(bar).slice(0, 16).replace("T", " "));
    range.textContent = between ? said.join(" \u2013 ") : "";
  }

  function bar(event) {
    const box = chart.getBoundingClientRect();
    return Math.min(bars - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * bars)));
  }

  function end() {
    begun = null;
    show(null);
  }

  chart.classList.add("marks");
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    begun = bar(event);
    chart.setPointerCapture(event.pointerId);
    show([begun, begun]);
  });
  chart.addEventListener("pointermove", (event) => {
    const now = bar(event);
    show([Math.min(begun ?? now, now), Math.max(begun ?? now, now)]);
  });
  chart.addEventListener("pointerup", () => {
    if (begun === null) return;
    const next = new URL(location.pathname, location.href);
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (!["cursor", "open", "show"].includes(name)) next.searchParams.set(name, value);
    }
    next.searchParams.set("since", time(marked[0]));
    next.searchParams.set("until", time(marked[1] + 1));
    location.assign(next);
  });
  chart.addEventListener("pointercancel", end);
  chart.addEventListener("pointerleave", () => begun ?? show(null));
  document.addEventListener("keydown", (event) => event.key === "Escape" && end());
}

// Following: the list is as new as the log, unless somebody reads or works in it; then a line says how much is new.

const log = document.getElementById("log");

function tail(button) {
  let [stop, count, busy] = [null, 0, false];
  const bar = element("button", { type: "button", class: "news", hidden: "" });
  log.closest("section").before(bar);

  const isRead = () =>
    log.getBoundingClientRect().top < 0 || log.contains(document.activeElement) || log.querySelector(".opened") !== null;

  function show() {
    bar.hidden = count === 0;
    bar.textContent = `\u25b2 ${count} new`;
  }

  async function renew() {
    if (busy) return;
    busy = true;
    const newest = Number(log.querySelector("button[name=open]")?.value ?? 0);
    const shown = count;
    const next = (await again())?.getElementById("log");
    busy = false;
    if (!next || !stop) return;
    log.replaceChildren(...next.childNodes);
    begin(log);
    for (const open of log.querySelectorAll("button[name=open]")) {
      if (Number(open.value) > newest) open.closest("tr").classList.add("fresh");
    }
    count -= shown;
    show();
    if (shown > 0) say(shown === 1 ? "1 new record" : `${shown} new records`);
    if (count > 0 && !isRead()) renew();
  }

  function heard(more) {
    count += more;
    if (isRead()) {
      if (bar.hidden && count > 0) say("New records wait.");
      show();
    } else renew();
  }

  function set(on) {
    stop?.();
    [stop, count] = [on ? follow(button.dataset.follow, heard, () => set(false)) : null, 0];
    button.setAttribute("aria-pressed", String(on));
    show();
  }

  const resume = () => stop && count > 0 && !isRead() && renew();
  button.hidden = false;
  button.addEventListener("click", () => set(stop === null));
  bar.addEventListener("click", () => {
    log.scrollIntoView({ block: "start" });
    renew();
  });
  addEventListener("scroll", resume, { passive: true });
  document.addEventListener("focusout", () => setTimeout(resume));
}

const chart = document.getElementById("hours");
if (chart?.dataset.from) hours(chart);
const button = document.getElementById("follow");
if (button && log) tail(button);
begin();
