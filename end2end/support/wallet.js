// A wallet in the page, which signs with a real key outside of it.

import { privateKeyToAccount } from "viem/accounts";

/** The first account of every development chain: a key known to everybody. */
export const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** Puts a wallet into a page before it loads: one that announces itself (EIP-6963), or the older kind. */
export async function installWallet(page, { announced = true, refuses = false } = {}) {
  const account = privateKeyToAccount(KEY);
  await page.exposeFunction("signByKey", (raw) => account.signMessage({ message: { raw } }));
  await page.addInitScript(
    ({ address, announced, refuses }) => {
      const provider = {
        async request({ method, params }) {
          if (method === "eth_requestAccounts") return [address.toLowerCase()];
          if (method === "eth_chainId") return "0x1";
          if (method === "personal_sign") {
            if (refuses) throw Object.assign(new Error("declined"), { code: 4001 });
            return globalThis.signByKey(params[0]);
          }
          throw new Error(`${method} is not for wallets`);
        },
      };
      if (!announced) {
        globalThis.ethereum = provider;
        return;
      }
      const info = { uuid: "350670db-19fa-4704-a166-e52e178b59d2", name: "Test wallet", icon: "javascript:alert(1)", rdns: "example.wallet" };
      const announce = () =>
        globalThis.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info, provider } }));
      globalThis.addEventListener("eip6963:requestProvider", announce);
    },
    { address: account.address, announced, refuses },
  );
  return account;
}
