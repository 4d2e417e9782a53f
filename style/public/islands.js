// Starts the islands of a page. Everything else on it works before this, and without it.
import init, * as kavach from "./kavach.js";

await init({ module_or_path: new URL("kavach_bg.wasm", import.meta.url) });
kavach.hydrate();
for (const island of document.querySelectorAll("leptos-island")) {
  kavach[island.dataset.component]?.(island);
}
