#!/usr/bin/env node
// Checks an audit bundle of Kavach without Kavach: node verify-bundle.mjs BUNDLE [--key KEY] [--checkpoint FILE]...
//
// Needs Node 18 or newer and nothing else. It shares no code with what wrote the bundle; what it checks against are
// the specifications: RFC 9162 section 2.1 (Merkle tree), C2SP signed-note and tlog-checkpoint, RFC 8032 (Ed25519).
//
//   --key KEY          what `kavach audit key` printed, from a source you trust. Without it the key in the bundle is
//                      used, and then only that the bundle agrees with itself is shown.
//   --checkpoint FILE  a signed checkpoint that was kept elsewhere. The log in the bundle must continue it.
//
// Exit code 0 when everything holds, 1 when something does not (the first bad record is named), 2 when called wrongly.

import { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";

class Bad extends Error {}

const bad = (message) => {
  throw new Bad(message);
};

const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafHash = (body) => sha256(Buffer.of(0), Buffer.from(body, "utf8"));
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);
const fromBase64 = (text, length) => {
  const bytes = typeof text === "string" ? Buffer.from(text, "base64") : bad("base64 is missing");
  if (bytes.length !== length || bytes.toString("base64") !== text) bad(`not base64 of ${length} bytes: ${text}`);
  return bytes;
};

/** A C2SP verifier key: name+id+base64(1, public key). */
function readKey(text) {
  const [, name, id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? bad(`not a verifier key: ${text}`);
  const bytes = fromBase64(key, 33);
  if (bytes[0] !== 1) bad("not an Ed25519 key");
  if (keyId(name, bytes).toString("hex") !== id) bad(`the key does not have the id it names: ${text}`);
  return bytes;
}

function keyId(name, key) {
  return sha256(Buffer.from(`${name}\n`, "utf8"), key).subarray(0, 4);
}

/** A signed checkpoint: its size and root, once the signature holds. */
function openNote(note, key) {
  const cut = note.lastIndexOf("\n\n");
  if (cut < 0) bad("not a signed note");
  const text = note.slice(0, cut + 1);
  const [origin, size, root] = text.split("\n");
  if (!/^(0|[1-9][0-9]*)$/.test(size ?? "")) bad("the checkpoint has no size");
  // An Ed25519 public key as SubjectPublicKeyInfo: a fixed beginning and the key.
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.subarray(1)]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  for (const line of note.slice(cut + 2).split("\n").filter(Boolean)) {
    const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? bad("not a signature line");
    const signature = Buffer.from(encoded, "base64");
    if (name !== origin || !signature.subarray(0, 4).equals(keyId(name, key))) continue;
    if (!verify(null, Buffer.from(text, "utf8"), publicKey, signature.subarray(4))) {
      bad("the signature of the checkpoint does not hold");
    }
    return { origin, size: Number(size), root: fromBase64(root, 32) };
  }
  return bad("the checkpoint is not signed with this key");
}

/** The right edge of a tree that grows: the roots of its complete subtrees, largest first. */
class Edge {
  constructor(size, hashes) {
    const ones = [...size.toString(2)].filter((digit) => digit === "1").length;
    if (hashes.length !== ones) bad("the hashes of what came before do not fit its size");
    this.size = size;
    this.hashes = hashes;
  }

  push(leaf) {
    let hash = leaf;
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(this.hashes.pop(), hash);
    this.hashes.push(hash);
    this.size += 1;
  }

  root() {
    if (this.size === 0) return sha256(Buffer.alloc(0));
    return this.hashes.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** RFC 9162 section 2.1.3.2. */
function isIncluded(leaf, index, size, proof, root) {
  if (index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  const halve = (number) => Math.floor(number / 2);
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [halve(at), halve(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [halve(at), halve(last)];
  }
  return last === 0 && hash.equals(root);
}

/** The lines of a file, which end with a line feed and nothing else. */
async function* lines(path) {
  let rest = [];
  for await (const chunk of createReadStream(path)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]).toString("utf8");
      rest = [];
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
  }
  const last = Buffer.concat(rest).toString("utf8");
  if (last !== "") yield last;
}

const parse = (text, what) => {
  try {
    return JSON.parse(text);
  } catch {
    return bad(`${what} is no JSON`);
  }
};

async function check(path, trusted, keptFiles) {
  const source = lines(path);
  const first = await source.next();
  const head = parse(first.value ?? bad("the bundle is empty"), "the first line");
  if (head.kavachAuditBundle !== 1) bad("this is not an audit bundle");
  const key = readKey(trusted ?? head.key);
  const signed = openNote(head.checkpoint, key);
  if (signed.size !== head.size) bad("the bundle says another size than its checkpoint");
  const kept = keptFiles.map((file) => ({ file, ...openNote(readFileSync(file, "utf8"), key) }));
  kept.sort((one, other) => one.size - other.size);

  const complete = head.complete === true;
  const after = complete ? head.after : 0;
  const edge = complete ? new Edge(after, head.left.map((hash) => fromBase64(hash, 32))) : undefined;
  // Which roots somebody signed, by size.
  const roots = new Map([[signed.size, { root: signed.root, by: "the checkpoint of the bundle" }]]);
  let [records, previous, held, end] = [0, after, after, undefined];
  const compare = (size, root, by) => {
    if (!edge.root().equals(root)) bad(`record ${held + 1}: the records from here to ${size} are not those of ${by}`);
    held = size;
  };

  for await (const line of source) {
    if (end) bad("something follows the end of the bundle");
    const record = parse(line, `the line after record ${previous}`);
    if (record.end === true) {
      end = record;
      continue;
    }
    const { seq, body } = record;
    if (!Number.isSafeInteger(seq) || typeof body !== "string") bad(`record ${previous + 1}: is not a record`);
    if (complete && seq !== previous + 1) bad(`record ${previous + 1}: is missing; the next one is number ${seq}`);
    if (seq <= previous) bad(`record ${seq}: comes after record ${previous}`);
    if (parse(body, `record ${seq}:`).seq !== seq) bad(`record ${seq}: says that it is another one`);
    const leaf = leafHash(body);
    if (leaf.toString("base64") !== record.leaf) bad(`record ${seq}: is not the one whose hash stands beside it`);
    if (complete) {
      edge.push(leaf);
      const here = roots.get(seq);
      for (const { file, root } of kept.filter(({ size }) => size === seq)) compare(seq, root, file);
      if (here) compare(seq, here.root, here.by);
    } else {
      const proof = (record.proof ?? bad(`record ${seq}: has no proof`)).map((hash) => fromBase64(hash, 32));
      if (!isIncluded(leaf, seq - 1, signed.size, proof, signed.root)) {
        bad(`record ${seq}: is not in the log that was signed`);
      }
    }
    previous = seq;
    records += 1;
  }
  if (!end) bad(`record ${previous + 1}: is missing; the bundle was cut`);
  if (end.records !== records) bad(`the bundle says it has ${end.records} records and has ${records}`);
  if (complete && previous !== signed.size) {
    bad(`record ${previous + 1}: is missing; the checkpoint was signed over ${signed.size} records`);
  }
  for (const { file, size } of kept) {
    if (size > signed.size) bad(`record ${signed.size + 1}: is missing; ${file} was signed over ${size} records`);
  }
  return { records, size: signed.size, origin: signed.origin, complete, trusted: trusted !== undefined };
}

function arguments_(list) {
  const [kept, files] = [[], []];
  let key;
  for (let place = 0; place < list.length; place += 1) {
    if (list[place] === "--key") key = list[(place += 1)];
    else if (list[place] === "--checkpoint") kept.push(list[(place += 1)]);
    else files.push(list[place]);
  }
  const wrong = files.length !== 1 || [...kept, ...files].some((text) => !text || text.startsWith("--"));
  return wrong || (list.includes("--key") && !key) ? undefined : { key, kept, file: files[0] };
}

const wanted = arguments_(process.argv.slice(2));
if (!wanted) {
  console.error("usage: node verify-bundle.mjs BUNDLE [--key KEY] [--checkpoint FILE]...");
  process.exit(2);
}
try {
  const { records, size, origin, complete, trusted } = await check(wanted.file, wanted.key, wanted.kept);
  const what = complete ? `all records up to ${size}` : `${records} of ${size} records`;
  console.log(`ok: ${what} of ${origin} are as they were signed (${records} in the bundle).`);
  if (!trusted) console.log("The key came from the bundle itself; give --key to know whose signature it is.");
} catch (error) {
  if (!(error instanceof Bad) && error.code === undefined) throw error;
  console.error(`NOT INTACT: ${error.message}`);
  process.exit(1);
}
