/**
 * The same claim as a Promela model of a concrete unit, for SPIN: another program, another search, another model.
 *
 * Where the envelope has sets, this has one register a key: an IOTLB entry and a walk in flight for each page, a
 * stage-2 read in flight for each guest page, filled, overwritten and combined at any moment; a pending invalidation
 * executes at any moment up to the fence. It is for the smallest units alone: an IOTLB and nothing else, one level a
 * stage, one context, one table that stays where it is. What it does not know it refuses, by a sentence.
 */

import type { Machine } from "../models/machine.js";
import { CACHE } from "../models/unit.js";
import { PRESENT, valuePage } from "../models/values.js";
import { INVALIDATION_KINDS, TRANSITIONS } from "../rules/vocabulary.js";
import { permissionsOf, type Scope } from "./scope.js";

const CHANGES = ["np->p", "p->np", "retarget", "loss", "gain"] as const;

export interface PromelaModel {
  /** The model but for its settings, which `modelWith` puts in, or the environment when it runs. */
  text: string;
  /**
   * Digits: what a change owes (nothing, its pages, all pages), of stage 1, then of stage 2, in the order of `CHANGES`;
   * whether there is negative caching; whether the queue is ordered.
   */
  settings: readonly number[];
}

/** The model of a machine's rules, or a sentence that says what it cannot say. */
export function promelaOf(machine: Machine, scope: Scope): PromelaModel | string {
  const refusal = refusalOf(machine, scope);
  if (refusal !== null) return `the Promela model knows ${refusal}`;
  const owed = [1, 2].flatMap((stage) => CHANGES.map((change) => owedBy(machine, stage, change)));
  if (owed.includes(-1))
    return "the Promela model knows rules that owe the IOTLB alone, in one stage, by who made the change";
  const { caches, ordered } = machine.unit;
  const settings = [...owed, Number(caches[CACHE.iotlb]!.holdsAbsent), Number(ordered)];
  return { text: modelText(machine, scope), settings };
}

function refusalOf({ geometry, unit, hardware, shadow, layout }: Machine, scope: Scope): string | null {
  if (hardware !== null || shadow !== null || layout.size === 0) return "the envelope alone: --strategies envelope";
  if (geometry.stage1.levels > 1 || geometry.stage2.levels > 1) return "stages of one level";
  if (geometry.contexts > 1 || geometry.vms > 1 || geometry.domains > 1 || geometry.processes > 1)
    return "one context, VM, domain and process";
  const iotlb = unit.caches[CACHE.iotlb]!;
  const isAlone = unit.caches.every(({ present, name }) => present === (name === "iotlb"));
  if (!isAlone || iotlb.holdsMalformed) return "units with an IOTLB and nothing else, that holds no malformed entries";
  const commands = unit.commands.filter(({ known, rules }) => known && rules.length > 0);
  const rules = commands.flatMap((command) => command.rules).filter(({ cache }) => cache === CACHE.iotlb);
  const isPlain = rules.every(({ address, guestAddress, global, when }) => {
    return address && !guestAddress && global && when.length === 0;
  });
  const range = unit.commands[INVALIDATION_KINDS.indexOf("iotlb")]!.range;
  if (commands.length !== 1 || rules.length !== 1 || !isPlain || range.all !== "whole")
    return "one command, that removes IOTLB entries by address, or all";
  if (scope.contexts || scope.moves || scope.ranges || scope.queue !== 1)
    return "scopes with contexts=no, moves=no, ranges=no and queue=1";
  if (scope.tables.join() !== "0" || scope.remap.includes(0)) return "scopes with tables=g0, and g0 not in remap=";
  if (scope.entries.some((entry) => entry === "bad" || entry === "global"))
    return "scopes without bad and global entries";
  return null;
}

function owedBy({ ledger, options }: Machine, stage: number, change: string): number {
  const rule = TRANSITIONS.findIndex((row) => row.stage === stage && row.level === "leaf" && row.change === change);
  const recipe = ledger.recipes[rule]!;
  if (recipe.length === 0) return 0;
  const scopes = recipe[0]!;
  const isByMaker = options.contract.rules[rule]!.by === (stage === 1 ? "guest" : "host");
  if (recipe.length > 1 || scopes.length > 1 || !isByMaker) return -1;
  return scopes[0]!.all ? 2 : 1;
}

const VARIABLES = [...Array.from({ length: 2 * CHANGES.length }, (_, at) => `owes[${at}]`), "negative", "ordered"];
const SETTINGS = "/* settings */";

/** The model with its settings written into it. */
export function modelWith({ text, settings }: PromelaModel): string {
  return text.replace(SETTINGS, VARIABLES.map((name, at) => `${name} = ${settings[at]};`).join(" "));
}

/** The model that reads its settings from NESTFUZZ_SETTINGS, so that one program serves many contracts. */
export function modelByEnvironment({ text }: PromelaModel): string {
  const puts = VARIABLES.map((name, at) => `now.${name} = given[${at}] - '0';`).join(" ");
  return text.replace(SETTINGS, `c_code { const char *given = getenv("NESTFUZZ_SETTINGS"); ${puts} };`);
}

/** An entry as a number: 0 absent, else 1 + 4 * target + permissions. */
const entryOf = (target: number, permission: number): number => 1 + 4 * target + permission;

function modelText(machine: Machine, scope: Scope): string {
  const { geometry, state, oracle, world } = machine;
  const pages = geometry.iova.count;
  const guests = geometry.guestPages;
  const all = Array.from({ length: pages }, (_, page) => page);
  const permissions = permissionsOf(scope);
  const entriesTo = (targets: readonly number[]): number[] => [
    ...(scope.entries.includes("-") ? [0] : []),
    ...targets.flatMap((target) => permissions.map((permission) => entryOf(target, permission))),
  ];
  const hosts = scope.hosts.filter((host) => !geometry.tableBase.includes(host));
  const held = (value: number): number =>
    value >= 0 && (value & 3) === PRESENT ? entryOf(valuePage(value), (value >> 2) & 3) : 0;
  const started = [
    ...all.map((page) => `leaf[${page}] = ${held(oracle.leaf[page]!)};`),
    ...Array.from({ length: guests }, (_, guest) => `s2[${guest}] = ${held(world.translate(state, 0, guest))};`),
  ];
  const after = scope.atOnce ? "busy = 1;" : "skip;";
  const some = (count: number, expression: (at: number) => string, word: string): string =>
    Array.from({ length: count }, (_, at) => `(${expression(at)})`).join(` ${word} `);
  const lines = [
    ...all.flatMap((page) =>
      entriesTo(scope.targets).map(
        (entry) => `:: d_step { !busy && leaf[${page}] != ${entry} -> write1(${page}, ${entry}) }`,
      ),
    ),
    ...scope.remap.flatMap((guest) =>
      entriesTo(hosts).map(
        (entry) => `:: d_step { !busy && s2[${guest}] != ${entry} -> write2(${guest}, ${entry}); ${after} }`,
      ),
    ),
    ...all.map((page) => `:: d_step { !busy && pend == 0 -> pend = ${page + 2}; cover1(1 << ${page}) }`),
    ":: d_step { !busy && pend == 0 -> pend = 1; cover1(ALL); cover2() }",
    ":: d_step { busy == 1 -> forced = 1; cover2(); busy = 2 }",
    ":: d_step { busy != 1 -> fence(); busy = 0 }",
    // The unit: invalidations execute; walks begin, read stage 2, end in the IOTLB. Nothing needs to be dropped: what
    // is held can be overwritten, and holding it makes no difference to what else can be.
    ":: d_step { pend != 0 && pend != DONE -> executePending(); pend = DONE }",
    ":: d_step { forced == 1 && (!ordered || pend == 0 || pend == DONE) -> executeAll(); forced = 2 }",
    ...all.flatMap((page) => [
      `:: d_step { walk[${page}] != leaf[${page}] && leaf[${page}] != 0 -> walk[${page}] = leaf[${page}] }`,
      `:: d_step { HASREAD(${page}) && tlb[${page}] != RESULT(${page}) -> tlb[${page}] = RESULT(${page}) }`,
      `:: d_step { negative && (leaf[${page}] == 0 || FAULTS(${page})) && tlb[${page}] != 1 -> tlb[${page}] = 1 }`,
      `:: d_step { SETTLED(${page}) && tlb[${page}] != 0 && IOTLB(${page}) != EXPECTED(${page}) -> assert(false) }`,
      `:: d_step { SETTLED(${page}) && FAULTS(${page}) && EXPECTED(${page}) != 0 -> assert(false) }`,
    ]),
    ...Array.from({ length: guests }, (_, guest) => [
      `:: d_step { read2[${guest}] != s2[${guest}] && s2[${guest}] != 0 && (${some(
        pages,
        (page) => `READS(leaf[${page}], ${guest}) || READS(walk[${page}], ${guest})`,
        "||",
      )}) -> read2[${guest}] = s2[${guest}] }`,
    ]).flat(),
  ];
  return `/* Written by nestfuzz prove --cross-check spin: a concrete unit with one IOTLB. */
#define PAGES ${pages}
#define GUESTS ${guests}
#define ALL ${2 ** pages - 1}
#define DONE ${pages + 2}
/* Entries: 0 absent, else 1 + 4 * target + permissions; in the IOTLB 0 nothing, 1 not present, else 1 more. */
#define TARGET(e) (((e) - 1) / 4)
#define PERMISSION(e) (((e) - 1) % 4)
#define READS(e, g) ((e) != 0 && TARGET(e) == (g))
#define COMBINED(l, t) ((PERMISSION(l) & PERMISSION(t)) == 0 -> 0 : 2 + 4 * TARGET(t) + (PERMISSION(l) & PERMISSION(t)))
#define RESULT(p) (2 + 4 * TARGET(read2[TARGET(walk[p])]) + (PERMISSION(walk[p]) & PERMISSION(read2[TARGET(walk[p])])))
#define EXPECTED(p) (leaf[p] == 0 -> 0 : (s2[TARGET(leaf[p])] == 0 -> 0 : COMBINED(leaf[p], s2[TARGET(leaf[p])])))
#define IOTLB(p) (tlb[p] < 2 -> 0 : ((tlb[p] - 2) % 4 == 0 -> 0 : tlb[p]))
#define HASREAD(p) (walk[p] != 0 && read2[TARGET(walk[p])] != 0)
#define FAULTS(p) (walk[p] != 0 && s2[TARGET(walk[p])] == 0)
#define OWEDOF(g) (openof[g] || lateof[g])
#define SETTLED(p) (duty1[p] == 0 && !open2[p] && !late2[p] && !(leaf[p] != 0 && OWEDOF(TARGET(leaf[p]))))

byte leaf[PAGES]; byte s2[GUESTS];
byte tlb[PAGES]; byte walk[PAGES]; byte read2[GUESTS];
/* Pending: 0 none, 1 all, 2 + page, or executed; forced: the host's own behind its change, 1 pending, 2 executed. */
byte pend; byte forced; byte busy;
/* By page: the sets of pages that open duties of stage 1 still wait for, a bit each set. */
int duty1[PAGES];
/* Duties of stage 2, by affected page and by guest page: not covered, and covered but not fenced. */
bool open2[PAGES]; bool late2[PAGES]; bool openof[GUESTS]; bool lateof[GUESTS];
byte owes[10]; bool negative; bool ordered;
byte k; byte i; byte m; int now1;

inline classify(o, n) {
  if
  :: o == 0 -> k = 0
  :: o != 0 && n == 0 -> k = 1
  :: o != 0 && n != 0 && TARGET(o) != TARGET(n) -> k = 2
  :: o != 0 && n != 0 && TARGET(o) == TARGET(n) && (PERMISSION(o) & (3 - PERMISSION(n))) != 0 -> k = 3
  :: else -> k = 4
  fi
}
inline write1(p, e) {
  classify(leaf[p], e);
  if
  :: owes[k] == 1 -> duty1[p] = duty1[p] | (1 << (1 << p))
  :: owes[k] == 2 -> duty1[p] = duty1[p] | (1 << ALL)
  :: else -> skip
  fi;
  leaf[p] = e; k = 0
}
inline write2(g, e) {
  classify(s2[g], e);
  if
  :: owes[5 + k] != 0 ->
    openof[g] = 1; i = 0;
    do
    :: i < PAGES -> if :: READS(leaf[i], g) -> open2[i] = 1 :: else -> skip fi; i++
    :: else -> break
    od
  :: else -> skip
  fi;
  s2[g] = e; k = 0; i = 0
}
inline cover1(pages) {
  i = 0;
  do
  :: i < PAGES ->
    now1 = 0; m = 0;
    do
    :: m <= ALL ->
      if
      :: (duty1[i] & (1 << m)) != 0 -> now1 = now1 | (1 << (m & (ALL - (pages))))
      :: else -> skip
      fi;
      m++
    :: else -> break
    od;
    duty1[i] = now1; i++
  :: else -> break
  od;
  i = 0; m = 0; now1 = 0
}
inline cover2() {
  i = 0;
  do :: i < PAGES -> late2[i] = late2[i] || open2[i]; open2[i] = 0; i++ :: else -> break od;
  i = 0;
  do :: i < GUESTS -> lateof[i] = lateof[i] || openof[i]; openof[i] = 0; i++ :: else -> break od;
  i = 0
}
inline clear() {
  i = 0;
  do :: i < PAGES -> walk[i] = 0; i++ :: else -> break od;
  i = 0;
  do :: i < GUESTS -> read2[i] = 0; i++ :: else -> break od;
  i = 0
}
inline executeAll() {
  i = 0;
  do :: i < PAGES -> tlb[i] = 0; i++ :: else -> break od;
  clear()
}
inline executePending() {
  if
  :: pend == 1 -> executeAll()
  :: pend > 1 && pend < DONE -> tlb[pend - 2] = 0; walk[pend - 2] = 0
  :: else -> skip
  fi
}
inline fence() {
  executePending();
  if :: forced == 1 -> executeAll() :: else -> skip fi;
  pend = 0; forced = 0;
  clear();
  do :: i < PAGES -> duty1[i] = duty1[i] & ~1; late2[i] = 0; i++ :: else -> break od;
  i = 0;
  do :: i < GUESTS -> lateof[i] = 0; i++ :: else -> break od;
  i = 0
}
init {
  d_step { ${started.join(" ")} }
  d_step { ${SETTINGS} skip }
  do
  ${lines.join("\n  ")}
  od
}
`;
}
