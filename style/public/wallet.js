// Sign-In With Ethereum: offers the wallets this browser has (EIP-6963, or the one behind window.ethereum), asks the
// one that is chosen to sign the server's message, and posts both as a form.
const root = document.querySelector("[data-wallet]");
const form = root?.querySelector("form");
const list = root?.querySelector("[data-wallets]");
const status = root?.querySelector("[role=status]");
const none = root?.querySelector("[data-none]");
const wallets = new Map();

const say = (text) => (status.textContent = text ?? "");

function offer(id, name, icon, provider) {
  if (wallets.has(id)) return;
  wallets.set(id, provider);
  none.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.className = list.dataset.buttonClass;
  // Names and pictures are the wallet's own: text only, and pictures that load nothing.
  if (/^data:image\/(png|svg\+xml|webp|gif|jpeg)[;,]/.test(icon ?? "")) {
    const image = document.createElement("img");
    image.src = icon;
    image.alt = "";
    image.className = "size-5";
    button.append(image);
  }
  const label = document.createElement("span");
  label.textContent = name;
  button.append(label);
  button.addEventListener("click", () => signIn(provider));
  list.append(button);
}

async function signIn(provider) {
  const buttons = list.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    say(root.dataset.waiting);
    const [address] = await provider.request({ method: "eth_requestAccounts" });
    const chainId = Number(await provider.request({ method: "eth_chainId" }));
    const answer = await fetch("/api/auth/siwe/nonce", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ address, chainId }),
    });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const { message } = (await answer.json()).data;
    const bytes = new TextEncoder().encode(message);
    const hex = "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    form.elements.signature.value = await provider.request({ method: "personal_sign", params: [hex, address] });
    form.elements.message.value = message;
    say(root.dataset.checking);
    form.submit();
  } catch (error) {
    // 4001: the person said no.
    say(error?.code === 4001 ? root.dataset.refused : root.dataset.failed);
    buttons.forEach((button) => (button.disabled = false));
  }
}

if (root) {
  window.addEventListener("eip6963:announceProvider", ({ detail }) =>
    offer(detail.info.uuid, String(detail.info.name).slice(0, 60), detail.info.icon, detail.provider),
  );
  window.dispatchEvent(new Event("eip6963:requestProvider"));
  // Wallets announce themselves at once; one that is older is only there.
  setTimeout(() => {
    if (wallets.size === 0 && window.ethereum) offer("window", list.dataset.plainName, null, window.ethereum);
    none.hidden = wallets.size > 0;
  }, 300);
}
