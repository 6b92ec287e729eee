// A small translation unit behind nestfuzz's line protocol (docs/targets.md): tables of both stages in memory, and an
// IOTLB that translations fill and invalidations empty at once. Held against the architecture `tiny`, geometry 2x4.
//
//   nestfuzz fuzz --target "node examples/target.js"            finds nothing
//   nestfuzz fuzz --target "node examples/target.js --bug"      an invalidation for any process leaves process 1 alone
import { createInterface } from "node:readline";

const HELLO = "nestfuzz-target/1";
const hasBug = process.argv.includes("--bug");
const [VMS, GUEST, HOST, ENTRIES] = [2, 16, 48, 4];
const stage2Root = (vm) => 32 + vm * 5;
const READ = 1;
const WRITE = 2;

let memory; // memory[host page][index] is an entry
let contexts; // null where not present
let iotlb; // [{ domain, process, page, first, pages, guest, host, permission }]

const entry = (kind, target = 0, permission = 0) => ({ kind, target, permission });
const ABSENT = entry("-");

function reset(attached) {
  memory = Array.from({ length: HOST }, () => Array(ENTRIES).fill(ABSENT));
  contexts = [null, null, null];
  iotlb = [];
  for (let vm = 0; vm < VMS; vm++) {
    for (let table = 0; table < ENTRIES; table++) {
      memory[stage2Root(vm)][table] = entry("table", stage2Root(vm) + 1 + table, READ | WRITE);
      for (let index = 0; index < ENTRIES; index++)
        memory[stage2Root(vm) + 1 + table][index] = entry("leaf", vm * GUEST + table * 4 + index, READ | WRITE);
    }
    const put = (page, index, value) => (memory[vm * GUEST + page][index] = value);
    if (attached.includes("c0") || attached.includes("c2")) {
      put(2, 0, entry("table", 4, READ | WRITE));
      put(4, 0, entry("leaf", 8, READ | WRITE));
      put(4, 1, entry("leaf", 9, READ | WRITE));
    }
    if (attached.includes("c1")) {
      put(3, 0, entry("table", 5, READ | WRITE));
      put(5, 0, entry("leaf", 10, READ | WRITE));
    }
  }
  if (attached.includes("c0")) contexts[0] = { vm: 0, domain: 0, process: 0, root: 2 };
  if (attached.includes("c1")) contexts[1] = { vm: 0, domain: 0, process: 1, root: 3 };
  if (attached.includes("c2")) contexts[2] = { vm: 1, domain: 1, process: 0, root: 2 };
}

/** The leaf for `page` below the table in host page `root`: target, pages it covers, permission; null is a fault. */
function walk(root, page, targets, hostOf) {
  let [table, permission] = [hostOf(root), READ | WRITE];
  for (const span of [4, 1]) {
    if (table === null) return null;
    const { kind, target, permission: own } = memory[table][Math.floor(page / span) % 4];
    permission &= own;
    if (kind === "table" && span === 4 && target < targets) table = hostOf(target);
    else if (kind === (span === 4 ? "super" : "leaf") && target % span === 0 && target + span <= targets)
      return { target: target + (page % span), pages: span, permission };
    else return null;
  }
  return null;
}

const stage2 = (vm, page) => walk(stage2Root(vm), page, HOST, (host) => host);

function translate(access, context, page) {
  const at = contexts[context];
  if (at === null) return "fault";
  const isHit = (held) => held.domain === at.domain && held.process === at.process && held.page === page;
  let hit = iotlb.find(isHit);
  if (hit === undefined) {
    // A page that holds a stage-1 table must be readable in stage 2.
    const tableAt = (guest) => {
      const found = stage2(at.vm, guest);
      return found !== null && (found.permission & READ) !== 0 ? found.target : null;
    };
    const leaf = walk(at.root, page, GUEST, tableAt);
    const host = leaf && stage2(at.vm, leaf.target);
    if (!leaf || !host) return "fault";
    const permission = leaf.permission & host.permission;
    const range = { page, first: page - (page % leaf.pages), pages: leaf.pages, guest: leaf.target };
    hit = { domain: at.domain, process: at.process, ...range, host: host.target, permission };
    iotlb.push(hit);
  }
  return (hit.permission & (access === "r" ? READ : WRITE)) !== 0 ? `h${hit.host}` : "fault";
}

/** `inv iotlb d0 p0 [i0+4] leaf`: what is not given is any. */
function invalidate(text) {
  const kind = /inv (\w+)/.exec(text)[1];
  const number = (pattern) => (pattern.test(text) ? Number(pattern.exec(text)[1]) : null);
  const domain = / d-/.test(text) ? -1 : number(/ d([0-9]+)/);
  const process = number(/ p([0-9]+)/);
  let first = number(/[ [=][ig]([0-9]+)/);
  let pages = number(/\+([0-9]+)\]/) ?? 1;
  const mask = /base=[ig]/.test(text) ? (number(/base=[ig][0-9]+ mask=([0-9]+)/) ?? 0) : 0;
  if (mask > 0) [first, pages] = [Math.floor(first / 2 ** mask) * 2 ** mask, 2 ** mask];
  const isOf = (owner) => (process === null ? !(hasBug && owner === 1) : owner === process);
  const isNamed = (page, count) => first === null || (page < first + pages && page + count > first);
  if (kind === "iotlb") drop((held) => isOf(held.process) && isNamed(held.first, held.pages), domain);
  if (kind === "s2") drop((held) => isNamed(held.guest, 1), domain);
}

function drop(isNamed, domain) {
  iotlb = iotlb.filter((held) => !((domain === null || held.domain === domain) && isNamed(held)));
}

const PERMISSION = { none: 0, r: READ, w: WRITE, rw: READ | WRITE };

/** One command; what cannot be done is a no-op. Global marks, moves and what needs more care are not known (hello). */
function act(text) {
  let match = /^w (?:d([0-9]+) )?g([0-9]+)\[([0-9]+)\]=(-|bad|\w+)(?: g([0-9]+)(?: (\w+))?)?$/.exec(text);
  if (match !== null) {
    const [vm, page, index] = [match[1] ?? 0, match[2], match[3]].map(Number);
    const host = vm < VMS && page < GUEST && index < ENTRIES ? stage2(vm, page) : null;
    if (host === null || (host.permission & WRITE) === 0) return;
    memory[host.target][index] = match[5]
      ? entry(match[4], Number(match[5]), PERMISSION[match[6] ?? "rw"])
      : entry(match[4]);
    return;
  }
  match = /^ctx c([0-9]+)=(-|bad|\((?:v([0-9]+),)?d([0-9]+),p([0-9]+),g([0-9]+)\))$/.exec(text);
  if (match !== null) {
    const [vm, domain, process, root] = [match[3] ?? match[4], match[4], match[5], match[6]].map(Number);
    if (match[2] === "-" || match[2] === "bad") contexts[match[1]] = null;
    else if (vm < VMS && domain < 4 && process < 4 && root < GUEST) contexts[match[1]] = { vm, domain, process, root };
    return;
  }
  if (/^(guest |host )?inv /.test(text)) return invalidate(text);
  if (text !== "fence") throw new Error(`unknown command: ${text}`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const [number, verb, ...words] = line.split(" ");
  let answer = "ok";
  if (verb === "hello")
    answer = `hello ${HELLO} name=example version=1 architecture=tiny without=stage2,context-fields,global geometry=2x4`;
  else if (verb === "reset") reset(words);
  else if (verb === "do") act(words.join(" "));
  else if (verb === "translate") answer = translate(words[0], Number(words[1].slice(1)), Number(words[2].slice(1)));
  process.stdout.write(`${number} ${answer}\n`);
  if (verb === "bye") process.exit(0);
}
