// An instance that looks its own way: name, logo, colours, corners and fonts, and still readable by everybody.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { barriers } from "../support/accessibility.js";
import { LOOKS, closeBrowser, newPage, show } from "../support/browser.js";
import { signUp } from "../support/people.js";
import { Server } from "../support/server.js";

const LONGEST = 180_000;
/** Colours nobody could read if they were taken as they are. */
const HARD = ["#ffee00", "#101010", "#f4f4f4", "#ff0000"];
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><script>document.title="run"</script>' +
  '<circle cx="16" cy="16" r="15" fill="#b0006d"/></svg>';

describe("branding", () => {
  let folder;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "kavach-brand-"));
    await writeFile(join(folder, "logo.svg"), LOGO);
  });

  after(async () => {
    await closeBrowser();
    await rm(folder, { recursive: true, force: true });
  });

  for (const colour of HARD) {
    it(`pages_stay_readable_in_${colour.slice(1)}`, { timeout: LONGEST }, async () => {
      const server = await Server.start({
        settings: {
          KAVACH_BRANDING__NAME: "Åkerby ID",
          KAVACH_BRANDING__LOGO: join(folder, "logo.svg"),
          KAVACH_BRANDING__ACCENT: colour,
          KAVACH_BRANDING__BACKGROUND: colour,
          KAVACH_BRANDING__BACKGROUND_DARK: colour,
          KAVACH_BRANDING__RADIUS: "large",
          KAVACH_BRANDING__FONT: "Georgia, serif",
        },
      });
      try {
        const page = await newPage(server);
        await signUp(page);
        for (const path of ["/account", "/account/security", "/console"]) await readable(page, path);
        const guest = await newPage(server);
        for (const path of ["/sign-in", "/sign-up"]) await readable(guest, path);
        assert.equal(await guest.title(), "Create account · Åkerby ID");
        const logo = guest.locator("header img");
        assert.ok((await logo.evaluate((image) => image.naturalWidth)) > 0, "the logo is shown");
        const font = await guest.locator("h1").evaluate((heading) => getComputedStyle(heading).fontFamily);
        assert.match(font, /Georgia/);
        await guest.goto("/branding/logo");
        assert.notEqual(await guest.title(), "run", "a logo is a picture, whatever stands in it");
      } finally {
        await server.stop();
      }
    });
  }
});

async function readable(page, path) {
  await page.goto(path);
  const found = [];
  for (const look of LOOKS) {
    await show(page, look);
    for (const barrier of await barriers(page)) found.push(`${path} ${look.name}: ${barrier}`);
  }
  assert.deepEqual(found, []);
}
