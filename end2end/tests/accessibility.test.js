// Every page, light and dark, at 375 and at 1280 pixels: no barrier that axe-core knows, and nothing to complain about
// in the console. Pages without script are the same documents before script has touched them.

import { after, before, describe, it } from "node:test";

import { barriers, sideways } from "../support/accessibility.js";
import { LOOKS, closeBrowser, newPage, show } from "../support/browser.js";
import { cast, catalogue, stage } from "../support/catalogue.js";

const LONGEST = 180_000;
/** The narrowest screen that must not scroll sideways: WCAG 2.2, 1.4.10. */
const NARROWEST = { width: 320, height: 640 };

describe("accessibility", () => {
  let servers, people;

  before(async () => {
    servers = await stage();
    people = await cast(servers, newPage);
  });

  after(async () => {
    await closeBrowser();
    await servers?.stop();
  });

  for (const { name, who, open: visit, status } of catalogue) {
    it(`${name.replaceAll("-", "_")}_is_open_to_everybody`, { timeout: LONGEST }, async () => {
      const page = people[who];
      if (status !== 200) page.watch.expect(status);
      await visit(page, servers);
      await assertOpen(page);
      await page.watch.settle();
    });
  }

  it("the_permission_editor_is_open_to_everybody_before_script_runs", { timeout: LONGEST }, async () => {
    const page = Object.assign(await people.admin.context().newPage(), { script: true });
    await page.route("**/*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    await page.goto("/console/agents/new");
    await page.getByRole("group", { name: "Permission 3" }).waitFor();
    await assertOpen(page);
    await page.close();
  });
});

/** Looks at an open page in every light and size. */
async function assertOpen(page) {
  const found = [];
  for (const look of LOOKS) {
    await show(page, look);
    for (const barrier of await barriers(page)) found.push(`${look.name}: ${barrier}`);
  }
  await page.setViewportSize(NARROWEST);
  const wide = await sideways(page);
  if (wide) found.push(`${NARROWEST.width}: ${wide}`);
  if (found.length > 0) throw new Error(found.join("\n"));
}
