// Every page, light and dark, at 375 and at 1280 pixels: no barrier that axe-core knows, and nothing to complain about
// in the console. Pages without script are the same documents before script has touched them.

import { after, before, describe, it } from "node:test";

import { barriers } from "../support/accessibility.js";
import { LOOKS, closeBrowser, newContext, show } from "../support/browser.js";
import { cast, catalogue, stage } from "../support/catalogue.js";
import { Watch } from "../support/watch.js";

const LONGEST = 60_000;
/** The narrowest screen that must not scroll sideways: WCAG 2.2, 1.4.10. */
const NARROWEST = { width: 320, height: 640 };

describe("accessibility", () => {
  let servers, people;
  const opened = [];

  before(async () => {
    servers = await stage();
    people = await cast(servers, open);
  });

  after(async () => {
    await Promise.all(opened.map((context) => context.close()));
    await closeBrowser();
    await servers?.stop();
  });

  async function open(server) {
    const context = await newContext(server);
    opened.push(context);
    const page = await context.newPage();
    return Object.assign(page, { script: true, watch: new Watch(context, server.url) });
  }

  for (const { name, who, open: visit, status } of catalogue) {
    it(`${name.replaceAll("-", "_")}_is_open_to_everybody`, { timeout: LONGEST }, async () => {
      const page = people[who];
      if (status !== 200) page.watch.expect(status);
      await visit(page, servers);
      const found = [];
      for (const look of LOOKS) {
        await show(page, look);
        for (const barrier of await barriers(page)) found.push(`${look.name}: ${barrier}`);
      }
      await page.setViewportSize(NARROWEST);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) found.push(`320: scrolls sideways by ${wide} px`);
      if (found.length > 0) throw new Error(found.join("\n"));
      await page.watch.settle();
    });
  }

  it("the_permission_editor_is_open_to_everybody_before_script_runs", { timeout: LONGEST }, async () => {
    const context = people.admin.context();
    const page = await context.newPage();
    await page.route("**/*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    await page.goto("/console/agents/new");
    await page.getByRole("group", { name: "Permission 3" }).waitFor();
    const found = [];
    for (const look of LOOKS) {
      await show(page, look);
      for (const barrier of await barriers(page)) found.push(`${look.name}: ${barrier}`);
    }
    await page.close();
    if (found.length > 0) throw new Error(found.join("\n"));
  });
});
