// Where a server under test keeps its data: a file of its own, or a fresh database in the PostgreSQL that
// `cargo xtask test` started.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);
const cluster = process.env.KAVACH_TEST_POSTGRES_URL;

/** Nothing to make: the server opens a file in its data directory. */
export const sqlite = {
  name: "SQLite",
  absent: false,
  create: async () => ({ settings: {}, drop: async () => {} }),
};

/** A database per server, dropped with it. A test may also write to it, which is how time passes. */
export const postgres = {
  name: "PostgreSQL",
  absent: cluster ? false : "KAVACH_TEST_POSTGRES_URL is not set",
  create: async () => {
    const name = `kavach_e2e_${randomBytes(6).toString("hex")}`;
    await sql(cluster, `CREATE DATABASE ${name}`);
    const url = new URL(cluster);
    url.pathname = `/${name}`;
    return {
      settings: { KAVACH_DATABASE__URL: url.href },
      sql: (statement) => sql(url.href, statement),
      drop: () => sql(cluster, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
    };
  },
};

/** Both, in the order they are tested. */
export const databases = [sqlite, postgres];

function sql(database, statement) {
  return run("psql", ["--no-psqlrc", "--quiet", "--dbname", database, "--command", statement]);
}
