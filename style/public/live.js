// What pages that are kept up to date share: word of new records of the audit log, the page as the server has it now, and
// a line for those who hear the page.

/**
 * Hears of records that fit `filter` as they are written, while the page is seen. `heard(count)` is called at most every
 * half second, `ended()` once when no more will come. Returns what stops it.
 */
export function follow(filter, heard, ended) {
  let [source, count, timer] = [null, 0, null];
  const tell = () => {
    const heardOf = count;
    [count, timer] = [0, null];
    heard(heardOf);
  };
  const stop = () => {
    clearTimeout(timer);
    source?.close();
    [source, timer] = [null, null];
  };
  const over = () => {
    stop();
    document.removeEventListener("visibilitychange", look);
    ended();
  };
  const begin = () => {
    source = new EventSource(`/api/auth/audit/stream?${filter}`);
    source.onmessage = () => {
      count += 1;
      timer ??= setTimeout(tell, 500);
    };
    source.addEventListener("end", over);
    source.onerror = () => source?.readyState === EventSource.CLOSED && over();
  };
  // A page nobody sees holds no connection, of which browsers have few; it looks what it missed when it is seen again.
  const look = () => {
    if (document.hidden) return stop();
    if (source) return;
    begin();
    heard(0);
  };
  document.addEventListener("visibilitychange", look);
  if (!document.hidden) begin();
  return () => {
    document.removeEventListener("visibilitychange", look);
    stop();
  };
}

/** This page as the server has it now; null where it cannot be had. */
export async function again() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

let line;
/** Says something to those who hear the page, without taking them anywhere. */
export function say(text) {
  if (!line) {
    line = document.createElement("p");
    line.className = "sr-only";
    line.setAttribute("aria-live", "polite");
    document.querySelector("main").append(line);
  }
  line.textContent = text;
}

/** An element with attributes, and with texts and elements in it. */
export function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...inside);
  return made;
}
