// The real `kavach serve`, on a free port, with a data directory that is thrown away.

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sqlite } from "./database.js";

const STARTING = 60_000;
const STOPPING = 30_000;
/** Ports for servers: below those that systems lend to outgoing connections, so that none is taken in between. */
const PORTS = { first: 20_000, last: 29_999 };

/** A running server, and how to reach it. */
export class Server {
  /** Where browsers go: `http://localhost:PORT`. */
  url;
  /** The one-time link of the first start; null where there is an administrator already. */
  setUpLink = null;

  #process;
  #output = "";
  #log = "";
  #folder;
  #database;
  #arguments;
  #settings;

  /** Starts one on a fresh database. `settings` are `KAVACH_*` variables, `file` is the text of a `kavach.toml`. */
  static async start({ database = sqlite, demo = false, settings = {}, file = "" } = {}) {
    const server = new Server();
    server.#folder = await mkdtemp(join(tmpdir(), "kavach-e2e-"));
    if (file) await writeFile(join(server.#folder, "kavach.toml"), file);
    server.#database = await database.create();
    server.#arguments = demo ? ["serve", "--demo"] : ["serve"];
    const port = await freePort();
    server.url = `http://localhost:${port}`;
    server.#settings = {
      KAVACH_LISTEN: `127.0.0.1:${port}`,
      KAVACH_DATA_DIR: join(server.#folder, "data"),
      // No test depends on what another service answers today.
      KAVACH_HIBP__ENABLED: "false",
      ...server.#database.settings,
      ...settings,
    };
    try {
      await server.#run({ demo });
    } catch (error) {
      server.#process?.kill("SIGKILL");
      await server.#remove();
      throw error;
    }
    return server;
  }

  /** Stops it in good order and starts it again on the same data. */
  async restart() {
    await this.#stop();
    await this.#run({ again: true });
  }

  /** Restarts it on data in which everybody proved who they are this many milliseconds earlier. */
  async restartLater(milliseconds) {
    await this.#stop();
    await this.#database.sql(`UPDATE sessions SET auth_time = auth_time - ${milliseconds}`);
    await this.#run({ again: true });
  }

  /** Stops it in good order; complains when the log tells of a fault. */
  async stop() {
    try {
      await this.#stop();
      const faults = this.#log.split("\n").filter((line) => /\bERROR\b|panicked/.test(line));
      if (faults.length > 0) throw new Error(`the server logged faults:\n${faults.join("\n")}`);
    } finally {
      await this.#remove();
    }
  }

  /** An absolute address on this server. */
  at(path) {
    return new URL(path, this.url).href;
  }

  /** What the server logged last, for a failing test. */
  get lastWords() {
    return this.#log.split("\n").slice(-25).join("\n");
  }

  async #remove() {
    await this.#database.drop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run({ demo = false, again = false }) {
    this.#output = "";
    const child = spawn(binary(), this.#arguments, {
      cwd: this.#folder,
      env: { ...surroundings(), ...this.#settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    // Whatever becomes of the tests, no server outlives them.
    const orphaned = () => child.kill("SIGKILL");
    process.once("exit", orphaned);
    child.once("exit", () => process.off("exit", orphaned));
    child.stderr.setEncoding("utf8").on("data", (text) => (this.#log += text));
    const wanted = demo || again ? /^Kavach is \w+ (?:at|on) (\S+)/m : /^ {4}(\S+\/setup\?token=\S+)$/m;
    let late, ended;
    const found = await new Promise((resolve, reject) => {
      late = setTimeout(() => reject(new Error(`kavach did not start in time\n${this.#log}`)), STARTING);
      ended = (code) => reject(new Error(`kavach ended with ${code}\n${this.#log}`));
      child.once("exit", ended);
      child.on("error", reject);
      child.stdout.setEncoding("utf8").on("data", (text) => {
        this.#output += text;
        const match = wanted.exec(this.#output);
        if (match) resolve(match[1]);
      });
    }).finally(() => clearTimeout(late));
    child.off("exit", ended);
    if (!demo && !again) this.setUpLink = found;
  }

  async #stop() {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`kavach ended by itself\n${this.#log}`);
    }
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    child.kill("SIGTERM");
    const impatient = setTimeout(() => child.kill("SIGKILL"), STOPPING);
    const { code, signal } = await ended;
    clearTimeout(impatient);
    if (code !== 0) throw new Error(`kavach did not stop in good order: ${code ?? signal}\n${this.#log}`);
  }
}

function binary() {
  const file = process.env.KAVACH_BIN;
  if (!file) throw new Error("KAVACH_BIN does not name the server; run these tests with `cargo xtask test`");
  return file;
}

/** The environment without settings of ours: an unknown one is refused, a known one would change a test. */
function surroundings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KAVACH_")));
}

/** A port nobody listens on now. */
export async function freePort() {
  for (;;) {
    const port = randomInt(PORTS.first, PORTS.last + 1);
    if (await isFree(port)) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
