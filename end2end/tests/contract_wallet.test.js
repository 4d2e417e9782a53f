// Wallets that are contracts, on a chain of our own: one that is there (EIP-1271) and one that is not yet (EIP-6492).

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";

import { concat, createTestClient, getContractAddress, http, keccak256, publicActions, toHex, walletActions } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { serializeErc6492Signature } from "viem/utils";

import { Server } from "../support/server.js";
import { KEY } from "../support/wallet.js";

/** The deployer that every development chain has (EIP-2470's kind): salt and code in, contract out. */
const DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/** A wallet that takes the signature of its owner's key for its own: ecrecover, compare, answer 0x1626ba7e. */
function walletCode(owner) {
  const runtime =
    "600435600052" + "60a43560f81c602052" + "606435604052" + "608435606052" + // hash, v, r, s
    "602060006080600060015afa50" + // ecrecover of those, into the first word
    "60005173" + owner.slice(2).toLowerCase() + "14" + "631626ba7e60e01b02" + "60005260206000f3";
  const length = (runtime.length / 2).toString(16).padStart(2, "0");
  return `0x60${length}80600b6000396000f3${runtime}`;
}

let anvil, chain, server;

before(async () => {
  const port = 8600 + Math.floor(Math.random() * 300);
  const folder = dirname(createRequire(import.meta.url).resolve("@foundry-rs/anvil-linux-amd64/package.json"));
  anvil = spawn(join(folder, "bin", "anvil"), ["--port", String(port), "--chain-id", "31337", "--silent"], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  chain = createTestClient({ chain: foundry, mode: "anvil", transport: http(url), account: privateKeyToAccount(KEY) })
    .extend(publicActions)
    .extend(walletActions);
  for (let tries = 0; tries < 100; tries++) {
    const there = await chain.getChainId().catch(() => null);
    if (there) break;
    await new Promise((again) => setTimeout(again, 100));
  }
  server = await Server.start({
    settings: { KAVACH_SIWE__RPC_URL: url, KAVACH_SIWE__CHAIN_IDS: "1,31337" },
  });
});

after(async () => {
  anvil?.kill();
  await server?.stop();
});

/** Posts to the API as one browser. */
function visitor() {
  let cookie = "";
  return async (path, body) => {
    const answer = await fetch(server.at(path), {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url, ...(cookie && { cookie }) },
      body: JSON.stringify(body),
    });
    cookie ||= answer.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
    return { status: answer.status, body: await answer.json() };
  };
}

async function signIn(address, sign, chainId = 31337) {
  const post = visitor();
  const nonce = await post("/api/auth/siwe/nonce", { address, chainId });
  assert.equal(nonce.status, 200, JSON.stringify(nonce.body));
  const { message } = nonce.body.data;
  return post("/api/auth/siwe/verify", { message, signature: await sign(message) });
}

describe("contract wallets", () => {
  it("a_contract_that_is_there_signs_in_by_its_owners_key_and_no_other", async () => {
    const owner = privateKeyToAccount(generatePrivateKey());
    const hash = await chain.sendTransaction({ data: walletCode(owner.address) });
    const { contractAddress } = await chain.waitForTransactionReceipt({ hash });
    const good = await signIn(contractAddress, (message) => owner.signMessage({ message }));
    assert.equal(good.status, 200, JSON.stringify(good.body));
    const again = await signIn(contractAddress, (message) => owner.signMessage({ message }));
    assert.equal(again.body.data.user.id, good.body.data.user.id);
    const other = privateKeyToAccount(generatePrivateKey());
    const refused = await signIn(contractAddress, (message) => other.signMessage({ message }));
    assert.equal(refused.status, 401);
    // The node serves another chain than the message names.
    const elsewhere = await signIn(contractAddress, (message) => owner.signMessage({ message }), 1);
    assert.equal(elsewhere.status, 401);
  });

  it("a_contract_that_is_not_there_yet_brings_its_deployment_along", async () => {
    const owner = privateKeyToAccount(generatePrivateKey());
    const bytecode = walletCode(owner.address);
    const salt = toHex(7, { size: 32 });
    const address = getContractAddress({ opcode: "CREATE2", from: DEPLOYER, salt, bytecodeHash: keccak256(bytecode) });
    const sign = (signer) => async (message) =>
      serializeErc6492Signature({ address: DEPLOYER, data: concat([salt, bytecode]), signature: await signer.signMessage({ message }) });
    const good = await signIn(address, sign(owner));
    assert.equal(good.status, 200, JSON.stringify(good.body));
    const other = privateKeyToAccount(generatePrivateKey());
    assert.equal((await signIn(address, sign(other))).status, 401);
  });
});
