// The example MCP server of `examples/mcp-server`, on a free port of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";

import { freePort } from "./server.js";

/** An address for one. */
export const resourceAddress = async () => `http://localhost:${await freePort()}/mcp`;

/** Starts one whose tokens come from `issuer`; `key` is an API key of Kavach that may ask for decisions. */
export async function mcpServer(issuer, { resource, key } = {}) {
  resource ??= await resourceAddress();
  const { port } = new URL(resource);
  const child = spawn(join(dirname(process.env.KAVACH_BIN), "example-mcp-server"), {
    env: { PATH: process.env.PATH, LISTEN: `127.0.0.1:${port}`, RESOURCE: resource, ISSUER: issuer, ...(key && { KAVACH_KEY: key }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const orphaned = () => child.kill("SIGKILL");
  process.once("exit", orphaned);
  child.once("exit", () => process.off("exit", orphaned));
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the example MCP server ended with ${code}`);
    }),
  ]);
  return {
    resource,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
