// What a page must be for everybody: axe-core's rules for WCAG 2.2 A and AA and good practice, and no sideways
// scrolling on a narrow screen.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Everything that is wrong with the page as it is shown now, one line a rule with the first place that breaks it. */
export async function barriers(page) {
  // Its promises are not kept where script is off; the document is the same one there.
  if (page.script === false) {
    const wide = await sideways(page);
    return wide ? [wide] : [];
  }
  // Put in by the debugger, so the page's own policy stays as strict as it is.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const violations = await page.evaluate(async (values) => {
    const options = { runOnly: { type: "tag", values }, resultTypes: ["violations"] };
    const found = await globalThis.axe.run(document, options);
    return found.violations.map(({ id, help, nodes: [first, ...more] }) => {
      return `${id}: ${help}\n    ${first.html}\n    ${first.failureSummary}\n    and ${more.length} more`;
    });
  }, TAGS);
  const wide = await sideways(page);
  return wide ? [...violations, wide] : violations;
}

/** What is said of a page that is wider than its screen. */
export async function sideways(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return wide > 0 ? `scrolls sideways by ${wide} px` : null;
}
