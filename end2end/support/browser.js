// Chromium, started once for a file of tests.

import { chromium } from "playwright-core";

import { Watch } from "./watch.js";

/** Light or dark, narrow or wide: what every page is looked at in. */
export const LOOKS = ["light", "dark"].flatMap((theme) => [
  { name: `${theme}-375`, theme, size: { width: 375, height: 812 } },
  { name: `${theme}-1280`, theme, size: { width: 1280, height: 800 } },
]);

/** How long an element may take to appear, on a machine that is busy. */
const PATIENCE = 30_000;

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

/** A page in the browser of somebody who was never here; `watch` sees what it does, `script` says whether any runs. */
export async function newPage(server, { script = true, look = LOOKS[1], ...more } = {}) {
  const context = await (await browser()).newContext({
    baseURL: server.url,
    javaScriptEnabled: script,
    colorScheme: look.theme,
    viewport: look.size,
    reducedMotion: "reduce",
    ...more,
  });
  context.setDefaultTimeout(PATIENCE);
  const watch = new Watch(context, server.url);
  return Object.assign(await context.newPage(), { watch, script });
}

/** Shows an open page in another light and size, and waits until it is drawn so. */
export async function show(page, look) {
  await page.emulateMedia({ colorScheme: look.theme, reducedMotion: "reduce" });
  await page.setViewportSize(look.size);
  await page.evaluate(() => scrollTo(0, 0));
  // Frames are not counted where script does not run.
  if (!page.script) return;
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
