// Passkeys: signing in and up, proving again, adding one, approving. Marks on the page say what is wanted; the words for what
// goes wrong stand on the page too. What is not supported stays hidden.
const API = "/api/auth";
const supported = typeof PublicKeyCredential === "function" && Boolean(navigator.credentials);

// A request for what the browser fills in waits until a button wants the authenticator for itself.
let waiting;

class Refused extends Error {
  constructor(status, error) {
    super(error?.code ?? String(status));
    this.code = error?.code ?? "";
  }
}

async function post(path, body) {
  const options = { method: "POST", headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(API + path, options);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.error);
  return answer.data;
}

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// The JSON forms of WebAuthn Level 3, by hand: not every browser that has passkeys has them.
const named = (list) => (list ?? []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));
const creation = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  user: { ...options.user, id: toBytes(options.user.id) },
  excludeCredentials: named(options.excludeCredentials),
});
const request = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  allowCredentials: named(options.allowCredentials),
});
const head = (credential) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
});

async function create(options) {
  waiting?.abort();
  const credential = await navigator.credentials.create({ publicKey: creation(options) });
  const { clientDataJSON, attestationObject } = credential.response;
  return {
    ...head(credential),
    response: { clientDataJSON: toText(clientDataJSON), attestationObject: toText(attestationObject) },
  };
}

async function get(options, more = {}) {
  const credential = await navigator.credentials.get({ publicKey: request(options), ...more });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return {
    ...head(credential),
    response: {
      clientDataJSON: toText(clientDataJSON),
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      userHandle: userHandle ? toText(userHandle) : null,
    },
  };
}

// A password manager that offers a passkey nobody here has may put it away.
async function signIn(options, assertion) {
  try {
    return await post("/passkey/sign-in/verify", assertion);
  } catch (error) {
    if (error.code === "passkey_unknown") {
      await PublicKeyCredential.signalUnknownCredential?.({ rpId: options.rpId, credentialId: assertion.id }).catch(() => {});
    }
    throw error;
  }
}

const field = (form, name) => form.elements.namedItem(name)?.value.trim() || undefined;
const grantOf = (form) => {
  if (!(form instanceof HTMLFormElement)) return null;
  const [uses, minutes] = [field(form, "uses"), field(form, "minutes")].map(Number);
  return uses && minutes ? { uses, minutes } : null;
};

const uses = {
  async "sign-in"() {
    const options = await post("/passkey/sign-in/options");
    await signIn(options, await get(options));
  },
  async confirm() {
    const options = await post("/passkey/confirm/options");
    await post("/reauthenticate", { passkey: await get(options) });
  },
  async "sign-up"(form) {
    const options = await post("/passkey/sign-up/options", { name: field(form, "name"), email: field(form, "email") });
    await post("/passkey/sign-up/verify", await create(options));
  },
  async register(form) {
    const options = await post("/passkey/register/options");
    await post("/passkey/register/verify", { ...(await create(options)), name: field(form, "name") });
  },
  async approve(form, place) {
    const path = `/approvals/${place.dataset.approval}/approve`;
    const grant = grantOf(form);
    const options = await post(`${path}/options`, { grant });
    await post(path, { grant, passkey: await get(options) });
  },
};

const words = {
  NotAllowedError: "cancelled",
  AbortError: "cancelled",
  InvalidStateError: "known",
  passkey_unknown: "unknown",
  passkey_invalid: "invalid",
  rate_limited: "limited",
  conflict: "stale",
  validation_failed: "check",
};

function say(place, error) {
  const message = place.querySelector("[data-message]") ?? document.querySelector("#passkey-message > [data-message]");
  if (!message) return;
  message.hidden = !error;
  message.textContent = "";
  if (!error) return;
  const word = words[error instanceof Refused ? error.code : error.name] ?? "failed";
  message.textContent = message.dataset[word] ?? message.dataset.failed;
}

async function use(place, form) {
  waiting?.abort();
  say(place);
  const button = place.querySelector("button");
  button.disabled = true;
  try {
    await uses[place.dataset.passkey](form, place);
    location.assign(place.dataset.next);
  } catch (error) {
    // To the page that asks for it, and back; a page for people who are signed in sends everybody else to sign in.
    if (error.code === "reauthentication_required") {
      const back = encodeURIComponent(location.pathname);
      return location.assign(`/account/confirm?return_to=${back}`);
    }
    if (["unauthenticated", "mfa_required"].includes(error.code)) return location.reload();
    say(place, error);
    button.disabled = false;
    autofill();
  }
}

// Offers passkeys among what the browser fills in, where people type who they are.
async function autofill() {
  const place = document.querySelector("[data-passkey][data-autofill]");
  if (!place || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  const { signal } = waiting;
  try {
    const options = await post("/passkey/sign-in/options");
    if (signal.aborted) return;
    await signIn(options, await get(options, { mediation: "conditional", signal }));
    location.assign(place.dataset.next);
  } catch (error) {
    if (!signal.aborted && error instanceof Refused) say(place, error);
  }
}

/** Makes the marks on the page work; again where some were put in later. */
export function begin() {
  if (!supported) return;
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    if (place instanceof HTMLFormElement) {
      place.addEventListener("submit", (event) => {
        event.preventDefault();
        use(place, place);
      });
    } else {
      place.querySelector("button").addEventListener("click", () => use(place, place.closest("form") ?? place));
    }
  }
  for (const known of document.querySelectorAll("[data-passkeys-known]")) {
    PublicKeyCredential.signalAllAcceptedCredentials?.({
      rpId: known.dataset.domain,
      userId: known.dataset.person,
      allAcceptedCredentialIds: known.dataset.passkeysKnown.split(" ").filter(Boolean),
    }).catch(() => {});
  }
  autofill();
}

begin();
for (const element of document.querySelectorAll("[data-without-passkeys]")) element.hidden = supported;
