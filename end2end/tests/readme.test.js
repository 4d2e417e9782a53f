// What the README and the other texts show, run word for word by a shell, answers what they show.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { Server } from "../support/server.js";

const TEXTS = { "README.md": 4, "docs/chains.md": 5 };
const BLOCK = /<!-- quick-start -->\n```sh\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g;

/** A shown answer as an expression: an ellipsis stands for anything. */
function expected(shown) {
  const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${shown.trim().split(/\s*…\s*/).map(literal).join("[^]*")}$`);
}

for (const [path, least] of Object.entries(TEXTS)) test(`what_${path}_shows_is_what_it_does`, async () => {
  const text = await readFile(new URL(`../../${path}`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(BLOCK)];
  assert.ok(blocks.length >= least, "the lines to run are there");
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
