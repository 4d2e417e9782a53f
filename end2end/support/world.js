// A server, and browsers of the people who use it; the tests of a file run in every world it asks for.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { closeBrowser, newPage } from "./browser.js";
import { databases, sqlite } from "./database.js";
import { Server } from "./server.js";

/** Where pictures go. */
export const RESULTS = fileURLToPath(new URL("../results", import.meta.url));
const LONGEST = 180_000;

/** One server with one way of browsing. */
class World {
  /** The server, once the world is open. */
  server;

  constructor(database, script, options) {
    this.name = `${database.name}, script ${script ? "on" : "off"}`;
    this.script = script;
    this.database = database;
    this.options = options;
  }

  /** Declares a test. `body` gets a function that opens a browser of somebody new. */
  test(name, body) {
    it(name, { timeout: LONGEST }, async (t) => {
      const opened = [];
      const open = async (options = {}) => {
        const page = await newPage(this.server, { script: this.script, ...options });
        opened.push(page);
        return page;
      };
      try {
        await body(open, t);
        for (const { watch } of opened) await watch.settle();
      } catch (error) {
        await photograph(`${this.name} ${name}`, opened);
        t.diagnostic(this.server.lastWords);
        throw error;
      } finally {
        // What happened is known; a browser that is slow to let go changes nothing about it.
        await Promise.allSettled(opened.map((page) => page.context().close()));
      }
    });
  }
}

/** Declares the same tests on both databases, with script on and with script off. */
export function everywhere(define, options = {}) {
  for (const database of databases) {
    for (const script of [true, false]) inWorld(new World(database, script, options), define);
  }
}

/** The same, for what the database cannot change. */
export function withAndWithoutScript(define, options = {}) {
  for (const script of [true, false]) inWorld(new World(sqlite, script, options), define);
}

/** Declares tests for one world. */
export function once(define, { database = sqlite, ...options } = {}) {
  inWorld(new World(database, true, options), define);
}

function inWorld(world, define) {
  describe(world.name, { skip: world.database.absent }, () => {
    before(async () => {
      world.server = await Server.start({ database: world.database, ...world.options });
    });
    after(async () => {
      await closeBrowser();
      await world.server?.stop();
    });
    define(world);
  });
}

async function photograph(name, opened) {
  const file = name.replace(/[^a-z0-9]+/gi, "-").toLowerCase();
  await mkdir(RESULTS, { recursive: true });
  for (const [index, page] of opened.entries()) {
    // A page that cannot be photographed must not hide why the test failed.
    await page.screenshot({ path: join(RESULTS, `${file}-${index}.png`), fullPage: true }).catch(() => {});
  }
}
