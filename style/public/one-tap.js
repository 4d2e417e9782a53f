// Google One Tap: shows it with the nonce of this page, and posts what it says as a form.
const root = document.querySelector("[data-one-tap]");

function begin() {
  const { id } = window.google.accounts;
  id.initialize({
    client_id: root.dataset.clientId,
    nonce: root.dataset.nonce,
    callback: post,
    context: "signin",
    itp_support: true,
    use_fedcm_for_prompt: true,
  });
  id.renderButton(root.querySelector("[data-button]"), { type: "standard", size: "large", text: "continue_with", width: 320 });
  id.prompt();
}

function post({ credential }) {
  const form = root.querySelector("form");
  const random = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `g_csrf_token=${random}; Path=/; SameSite=Strict; Max-Age=60${secure}`;
  form.elements.g_csrf_token.value = random;
  form.elements.credential.value = credential;
  form.submit();
}

if (root) {
  window.onGoogleLibraryLoad = begin;
  const script = document.createElement("script");
  script.src = root.dataset.script;
  script.async = true;
  document.head.append(script);
}
