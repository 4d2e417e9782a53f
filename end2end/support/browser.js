// Chromium, started once for a file of tests.

import { chromium } from "playwright-core";

/** Light or dark, narrow or wide: what every page is looked at in. */
export const LOOKS = ["light", "dark"].flatMap((theme) => [
  { name: `${theme}-375`, theme, size: { width: 375, height: 812 } },
  { name: `${theme}-1280`, theme, size: { width: 1280, height: 800 } },
]);

/** How long an element may take to appear, on a machine that is busy. */
const PATIENCE = 15_000;

let running;

/** The browser of this process. */
export function browser() {
  running ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return running;
}

/** Closes it, if it was ever started. */
export async function closeBrowser() {
  const browser = await running;
  running = undefined;
  await browser?.close();
}

/** A browser of somebody who was never here. */
export async function newContext(server, { script = true, look = LOOKS[1], ...more } = {}) {
  const context = await (await browser()).newContext({
    baseURL: server.url,
    javaScriptEnabled: script,
    colorScheme: look.theme,
    viewport: look.size,
    reducedMotion: "reduce",
    ...more,
  });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** Shows an open page in another light and size, and waits until its colours have arrived. */
export async function show(page, look) {
  await page.emulateMedia({ colorScheme: look.theme, reducedMotion: "reduce" });
  await page.setViewportSize(look.size);
  if (!page.script) return;
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    // A colour that is inherited begins its own transition when the one above has ended.
    for (let still = 0; still < 3; ) {
      await frame();
      still = document.getAnimations().length === 0 ? still + 1 : 0;
    }
  });
}
