/**
 * Kinds of commands that a target does not know, or that a run leaves out to look past what is found already.
 */

import { CONTEXT_STATE, ENTRY, KIND, RANGE, READ, STRIDE, slots, WRITE } from "../commands/command.js";
import { suggest } from "../rules/suggest.js";
import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../rules/vocabulary.js";
import type { Target } from "./target.js";

const W = slots("write");
const C = slots("context");
const F = slots("context-field");
const T = slots("stage2");
const M = slots("move");
const I = slots("invalidate");
const D = slots("dma");

export interface Without {
  name: string;
  summary: string;
  leavesOut(sequence: Float64Array, at: number): boolean;
}

type Test = (sequence: Float64Array, from: number) => boolean;

const entryOf: (sequence: Float64Array, from: number) => number = (sequence, from) =>
  sequence[from] === KIND.write
    ? sequence[from + W.entry]!
    : sequence[from] === KIND.stage2
      ? sequence[from + T.entry]!
      : -1;

function row(name: string, summary: string, test: Test): Without {
  return { name, summary, leavesOut: (sequence, at) => test(sequence, at * STRIDE) };
}

function isAddressed(sequence: Float64Array, from: number): boolean {
  return sequence[from] === KIND.invalidate && sequence[from + I.form] !== RANGE.all;
}

/** Guest pages of the upper tables of the start state: those below the first leaf table. */
const ROOT_PAGES = 4;

/** The VM of a context of the start state, to which every second domain is left. */
const homeVm = (context: number): number => (context === 2 ? 1 : 0);
const isForeign = (domain: number, vm: number): boolean => domain % 2 !== vm;

function changesRoots(sequence: Float64Array, from: number): boolean {
  switch (sequence[from]) {
    case KIND.stage2:
      return sequence[from + T.page]! < ROOT_PAGES;
    case KIND.move:
      return sequence[from + M.page]! < ROOT_PAGES;
    case KIND.context: {
      const vm = homeVm(sequence[from + C.context]!);
      if (sequence[from + C.state] !== CONTEXT_STATE.present) return false;
      return sequence[from + C.vm] !== vm || isForeign(sequence[from + C.domain]!, vm);
    }
    case KIND["context-field"]: {
      const field = CONTEXT_FIELDS[sequence[from + F.field]!];
      const vm = homeVm(sequence[from + F.context]!);
      return field === "vm" || (field === "domain" && isForeign(sequence[from + F.value]!, vm));
    }
    default:
      return false;
  }
}

export const WITHOUT: readonly Without[] = [
  row("contexts", "writes of context entries", (sequence, from) =>
    [KIND.context, KIND["context-field"]].includes(sequence[from]!),
  ),
  row(
    "context-fields",
    "writes of one field of a context entry",
    (sequence, from) => sequence[from] === KIND["context-field"],
  ),
  row("absent-contexts", "context entries that are not present", (sequence, from) =>
    sequence[from] === KIND.context
      ? sequence[from + C.state] === CONTEXT_STATE.absent
      : sequence[from] === KIND["context-field"] &&
        CONTEXT_FIELDS[sequence[from + F.field]!] === "valid" &&
        sequence[from + F.value] === 0,
  ),
  row(
    "malformed-contexts",
    "context entries that are malformed",
    (sequence, from) => sequence[from] === KIND.context && sequence[from + C.state] === CONTEXT_STATE.malformed,
  ),
  row("malformed", "entries that are malformed, of tables and contexts", (sequence, from) =>
    sequence[from] === KIND.context
      ? sequence[from + C.state] === CONTEXT_STATE.malformed
      : entryOf(sequence, from) === ENTRY.malformed,
  ),
  row("stage2", "changes of stage 2, moves included", (sequence, from) =>
    [KIND.stage2, KIND.move].includes(sequence[from]!),
  ),
  row(
    "s2-roots",
    "changes of stage 2 below g4, where the roots of stage 1 are at the start, and of the VM of a context or domain",
    changesRoots,
  ),
  row("moves", "moves of a page with its content", (sequence, from) => sequence[from] === KIND.move),
  row("superpages", "superpages of either stage", (sequence, from) => entryOf(sequence, from) === ENTRY.super),
  row("tables", "pointers to tables, of either stage", (sequence, from) => entryOf(sequence, from) === ENTRY.table),
  row("permissions", "entries that permit less than reading and writing", (sequence, from) => {
    const entry = entryOf(sequence, from);
    if (entry < 0 || entry === ENTRY.absent || entry === ENTRY.malformed) return false;
    return sequence[from + (sequence[from] === KIND.write ? W.permission : T.permission)] !== (READ | WRITE);
  }),
  row(
    "global",
    "entries marked global",
    (sequence, from) => sequence[from] === KIND.write && sequence[from + W.global] === 1,
  ),
  row("addresses", "invalidations that name an address", isAddressed),
  row(
    "s2-addresses",
    "invalidations of stage 2 that name an address",
    (sequence, from) => isAddressed(sequence, from) && INVALIDATION_KINDS[sequence[from + I.invalidation]!] === "s2",
  ),
  row(
    "dma-writes",
    "translations for writing",
    (sequence, from) => sequence[from] === KIND.dma && sequence[from + D.access] === 1,
  ),
];

/** The target, taken to know fewer commands. */
export function leavingOut(target: Target, kinds: readonly Without[]): Target {
  return {
    info: target.info,
    accepts: (sequence, at) => !kinds.some((row) => row.leavesOut(sequence, at)) && target.accepts(sequence, at),
    begin: (machine, start) => target.begin(machine, start),
    restart: () => target.restart(),
    close: () => target.close(),
  };
}

/** The kinds named in `a,b`; or a sentence that says what is wrong. */
export function parseWithout(text: string): readonly Without[] | string {
  const names = text.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !WITHOUT.some((known) => known.name === name));
  if (unknown === undefined) return WITHOUT.filter(({ name }) => names.includes(name));
  const known = WITHOUT.map(({ name }) => name);
  const near = suggest(unknown, known);
  const mend = near === undefined ? "name some of them" : `did you mean ${near}?`;
  return `unknown kind "${unknown}"; known: ${[...known, "known"].join(", ")}; ${mend}`;
}
