// Pictures of every page for people to look at: `npm run screenshots`, then open results/screens/index.html.
// Light and dark, 375 and 1280 pixels wide, with script on and off. `npm run screenshots -- sign-in account` keeps to
// pages whose names begin so.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { LOOKS, closeBrowser, newPage, show } from "./support/browser.js";
import { cast, catalogue, stage } from "./support/catalogue.js";
import { RESULTS } from "./support/world.js";

const wanted = process.argv.slice(2);
const isWanted = ({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start));
const SCREENS = join(RESULTS, "screens");

await rm(SCREENS, { recursive: true, force: true });
await mkdir(SCREENS, { recursive: true });
for (const script of [true, false]) await photographAll(script);
await writeFile(join(SCREENS, "index.html"), index());
await closeBrowser();
console.log(`${catalogue.filter(isWanted).length * LOOKS.length * 2} pictures: ${join(SCREENS, "index.html")}`);

async function photographAll(script) {
  const servers = await stage();
  try {
    const people = await cast(servers, (server) => newPage(server, { script }));
    for (const entry of catalogue) {
      const { name, who, open } = entry;
      const page = people[who];
      // Those left out are opened all the same: the next ones find what they leave behind.
      await open(page, servers);
      if (!isWanted(entry)) continue;
      for (const look of LOOKS) {
        await show(page, look);
        const path = join(SCREENS, file(name, look, script));
        await page.screenshot({ path, fullPage: true, animations: "disabled" });
      }
      await show(page, LOOKS[1]);
      console.log(`${name}, script ${script ? "on" : "off"}`);
    }
    for (const page of Object.values(people)) await page.context().close();
  } finally {
    await servers.stop();
  }
}

function file(name, look, script) {
  return `${name}-${look.name}-script-${script ? "on" : "off"}.png`;
}

function index() {
  const figures = catalogue.filter(isWanted).map(({ name }) => {
    const pictures = [true, false].flatMap((script) =>
      LOOKS.map((look) => `<img loading="lazy" alt="${look.name}" src="${file(name, look, script)}">`),
    );
    return `<h2>${name}</h2><div>${pictures.join("")}</div>`;
  });
  const row = "div{display:flex;gap:8px;overflow-x:auto;align-items:start}";
  const style = `body{font-family:sans-serif}${row}img{max-height:60vh}`;
  return `<!doctype html><meta charset="utf-8"><title>Every page</title><style>${style}</style>${figures.join("\n")}`;
}
