// Checks a record of the audit log in the browser, from its text to the signed state of the log, and says each step.
// RFC 9162 section 2.1.3 (Merkle tree), C2SP signed-note and tlog-checkpoint, RFC 8032 (Ed25519). What the server says of
// itself is believed in one thing only: its key, which is shown, to be compared with one that was kept.
import { element } from "./live.js";

const API = "/api/auth/audit";

class Broken extends Error {}
const must = (holds, why) => {
  if (!holds) throw new Broken(why);
};

const utf8 = (text) => new TextEncoder().encode(text);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const hex = (array) => [...array].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const same = (one, other) => hex(one) === hex(other);

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
}

async function get(path) {
  const answer = await fetch(API + path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()).data;
}

/** The exact stored text of a record: what the stream sends of it, without the hash that is put at its end. */
async function textOf(seq) {
  const stop = new AbortController();
  const answer = await fetch(`${API}/stream?follow=false&after=${seq - 1}`, { signal: stop.signal });
  if (!answer.ok) throw new Error(`stream: ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let read = "";
  while (!read.includes("\n\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    read += value;
  }
  stop.abort();
  const [, id, data] = /^id: (\d+)\ndata: (.+)\n\n/.exec(read) ?? [];
  must(Number(id) === seq, "The record is not where it says it is.");
  return data.replace(/,"leafHash":"[0-9a-f]{64}"\}$/, "}");
}

/** The root that a leaf and the hashes beside its way lead to. */
async function climb(leaf, index, size, proof) {
  let [at, last, hash] = [index, size - 1, leaf];
  const node = (left, right) => sha256(Uint8Array.of(1), left, right);
  const halve = (number) => Math.floor(number / 2);
  for (const sibling of proof) {
    must(last > 0, "The proof is longer than the tree is high.");
    if (at % 2 === 1 || at === last) {
      hash = await node(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [halve(at), halve(last)];
    } else {
      hash = await node(hash, sibling);
    }
    [at, last] = [halve(at), halve(last)];
  }
  must(last === 0, "The proof does not reach the root.");
  return hash;
}

/** What a signed note says, once its signature holds. */
async function open(note, verifier) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(verifier) ?? [];
  const key = bytes(encoded ?? "");
  must(key.length === 33 && key[0] === 1, "The key of the log is not one that is known.");
  const own = (await sha256(utf8(`${name}\n`), key)).slice(0, 4);
  must(hex(own) === id, "The key of the log does not have the id it names.");
  const cut = note.lastIndexOf("\n\n");
  const text = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2).split("\n").map((line) => /^\u2014 (\S+) (\S+)$/.exec(line)).filter(Boolean);
  const signed = lines.map(([, by, signature]) => [by, bytes(signature)]);
  const ours = signed.find(([by, signature]) => by === name && same(signature.slice(0, 4), own));
  must(ours, "The state of the log is not signed with its key.");
  const publicKey = await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]);
  must(await crypto.subtle.verify("Ed25519", publicKey, ours[1].slice(4), utf8(text)), "The signature does not hold.");
  const [origin, size, root] = text.split("\n");
  must(origin === name, "The state of the log is that of another log.");
  return { size: Number(size), root: bytes(root) };
}

/** Every step of it; `done(what)` is called after each that held. */
async function verify({ seq, id, leaf }, done) {
  const text = await textOf(seq);
  const record = JSON.parse(text);
  must(record.id === id && record.seq === seq, "The text is that of another record.");
  const hash = await sha256(Uint8Array.of(0), utf8(text));
  must(hex(hash) === leaf, "The text does not have the hash that is shown.");
  done(`The text of the record has the leaf hash ${leaf.slice(0, 16)}\u2026, as shown.`);
  const { proof, root, size, note } = await get(`/proof/inclusion?id=${id}`);
  must(same(await climb(hash, seq - 1, size, proof.map(bytes)), bytes(root)), "The record is not in the log as it is now.");
  done(`${proof.length} hashes lead from it to the root over ${size.toLocaleString("en")} records, as number ${seq.toLocaleString("en")}.`);
  must(note, "The state of the log is not signed.");
  const { key } = await get("/checkpoint");
  const signed = await open(note, key);
  must(signed.size === size && same(signed.root, bytes(root)), "Another state of the log was signed.");
  done(`That root is signed with ${key}. Compare this key with what kavach audit key printed.`);
  return text;
}

/** Makes the buttons work that stand with a record. */
export function begin(root = document) {
  // Browsers keep what checks signatures from pages that did not come by HTTPS.
  if (!globalThis.crypto?.subtle) return;
  for (const button of root.querySelectorAll("[data-verify]")) {
    button.hidden = false;
    button.addEventListener("click", () => check(button));
  }
}

async function check(button) {
  button.disabled = true;
  button.parentElement.querySelector("[data-proven]")?.remove();
  const steps = element("ol");
  const result = element("div", { "data-proven": "", role: "status", class: "proven" }, steps);
  button.after(result);
  try {
    const { verify: id, seq, leaf } = button.dataset;
    const text = await verify({ id, seq: Number(seq), leaf }, (step) => steps.append(element("li", {}, step)));
    result.prepend(element("p", { class: "holds" }, "This record is in the log, unchanged."));
    result.append(element("pre", {}, text));
  } catch (error) {
    const unable = error.name === "NotSupportedError" ? "This browser cannot check Ed25519 signatures." : "This could not be checked now.";
    const why = error instanceof Broken ? `This does not hold. ${error.message}` : unable;
    result.prepend(element("p", { class: error instanceof Broken ? "broken" : "" }, why));
  }
  button.disabled = false;
}
