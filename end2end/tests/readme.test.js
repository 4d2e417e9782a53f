// The quick start of the README, run word for word by a shell, answers what the README shows.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { Server } from "../support/server.js";

const README = new URL("../../README.md", import.meta.url);
const BLOCK = /<!-- quick-start -->\n```sh\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g;

/** A shown answer as an expression: an ellipsis stands for anything. */
function expected(shown) {
  const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${shown.trim().split(/\s*…\s*/).map(literal).join("[^]*")}$`);
}

test("the_quick_start_of_the_readme_does_what_it_shows", async () => {
  const blocks = [...(await readFile(README, "utf8")).matchAll(BLOCK)];
  assert.ok(blocks.length >= 4, "the quick start is there");
  const server = await Server.start();
  const folder = await mkdtemp(join(tmpdir(), "kavach-readme-"));
  try {
    const marked = blocks.map(([, commands], index) => `${commands}echo "--- ${index}"\n`);
    const script = marked.join("").replaceAll("http://localhost:3000", server.url);
    const run = promisify(execFile)("bash", ["-eu", "-o", "pipefail", "-c", script], { cwd: folder });
    const answers = (await run).stdout.split(/--- \d+\n/);
    blocks.forEach(([, commands, shown], index) => {
      if (shown) assert.match(answers[index].trim(), expected(shown), commands);
    });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
