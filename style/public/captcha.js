// Fills in the answer to a captcha: the provider's own widget, or a sum that takes a moment. A form that is sent before
// the answer is there waits for it.
const root = document.querySelector("[data-captcha]");
const field = root?.querySelector("input[name=captcha_token]");
const form = root?.closest("form");
const { provider, siteKey, action } = root?.dataset ?? {};
const widget = root?.querySelector("[data-widget]");
let waiting = null;

function solved(token) {
  field.value = token;
  root.querySelector("[role=status]").textContent = root.dataset.done;
  if (waiting) form.requestSubmit(waiting.isConnected ? waiting : undefined);
}

async function ask() {
  if (provider === "pow") {
    const { challenge, difficulty } = root.dataset;
    solved(await solve(challenge, Number(difficulty)));
  } else if (provider === "turnstile") {
    (await library("turnstile")).render(widget, { sitekey: siteKey, action, callback: solved });
  } else if (provider === "hcaptcha") {
    (await library("hcaptcha")).render(widget, { sitekey: siteKey, callback: solved });
  } else {
    const recaptcha = await library("grecaptcha");
    await new Promise((ready) => recaptcha.ready(ready));
    if (provider === "recaptcha_v3") solved(await recaptcha.execute(siteKey, { action }));
    else recaptcha.render(widget, { sitekey: siteKey, callback: solved });
  }
}

async function library(name) {
  if (!window[name]) {
    const script = document.createElement("script");
    script.src = root.dataset.script;
    script.async = true;
    document.head.append(script);
  }
  while (!window[name]) await new Promise((again) => setTimeout(again, 50));
  return window[name];
}

// The number after which the SHA-256 begins with so many zero bits. In pieces, so that the page stays alive.
async function solve(challenge, difficulty) {
  const prefix = new TextEncoder().encode(`${challenge}.`);
  for (let number = 0; ; number++) {
    if (number % 2000 === 0) await new Promise((next) => setTimeout(next));
    const digits = new TextEncoder().encode(String(number));
    const text = new Uint8Array(prefix.length + digits.length);
    text.set(prefix);
    text.set(digits, prefix.length);
    if (zeros(sha256(text)) >= difficulty) return `${challenge}.${number}`;
  }
}

const zeros = (words) => {
  const first = words.findIndex((word) => word !== 0);
  return first < 0 ? 256 : first * 32 + Math.clz32(words[first]);
};

const primes = [];
for (let candidate = 2; primes.length < 64; candidate++) {
  if (primes.every((prime) => candidate % prime)) primes.push(candidate);
}
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const K = primes.map((prime) => fraction(Math.cbrt(prime)));
const H = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const rotate = (word, by) => (word >>> by) | (word << (32 - by));

// FIPS 180-4. The browser's own is asynchronous, and waiting for it takes longer than this.
function sha256(bytes) {
  const length = ((bytes.length + 72) >> 6) << 6;
  const block = new Uint8Array(length);
  block.set(bytes);
  block[bytes.length] = 0x80;
  const view = new DataView(block.buffer);
  view.setUint32(length - 4, bytes.length * 8);
  const hash = Int32Array.from(H);
  const w = new Int32Array(64);
  for (let at = 0; at < length; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + t * 4);
    for (let t = 16; t < 64; t++) {
      const s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ (w[t - 15] >>> 3);
      const s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ (w[t - 2] >>> 10);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let t = 0; t < 64; t++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const one = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (hash[at] = (hash[at] + word) | 0));
  }
  return Array.from(hash);
}

if (root && form) {
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    waiting = event.submitter ?? form;
    root.querySelector("[role=status]").textContent = root.dataset.working;
  });
  ask();
}
