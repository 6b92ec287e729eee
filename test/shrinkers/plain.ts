/**
 * What the passes' docstrings are made of: lists of decoded commands instead of encoded numbers, every combination
 * written out, no order and no short cut. Shared with the sources: the canonical form and the sort key, which have
 * tests of their own.
 */

import {
  ANY,
  COMMANDS,
  type Command,
  type CommandKind,
  ENTRY,
  encodeAll,
  type Limits,
  NO_DOMAIN,
  operandLimit,
} from "../../commands/command.js";
import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import type { Candidate } from "../../shrinkers/candidate.js";
import { makeCanonical } from "../../shrinkers/canonical.js";
import type { Family } from "../../shrinkers/families.js";
import { compareCandidates } from "../../shrinkers/order.js";
import { textOf } from "./sequences.js";

export type Sequence = readonly Command[];
export interface Proposal {
  sequence: Sequence;
  start: ReadonlySet<number>;
}
type Numbers = Record<string, number>;

export const upTo = (count: number): number[] => Array.from({ length: Math.max(0, count) }, (_, number) => number);
const operandsOf = (kind: CommandKind) => COMMANDS.find((row) => row.kind === kind)!.operands;
export const numberIn = (command: Command, name: string): number => (command as unknown as Numbers)[name]!;
export const put = (command: Command, numbers: Numbers): Command => ({ ...command, ...numbers }) as Command;

/** The lists with one item of each. */
export function product<T>(...lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

/** Every choice of `count` positions of a sequence. */
export function choices(length: number, count: number): number[][] {
  return product(...upTo(count).map(() => upTo(length))).filter((row) =>
    row.every((position, at) => at === 0 || position > row[at - 1]!),
  );
}

export const without = (sequence: Sequence, ...gone: number[]): Sequence =>
  sequence.filter((_, position) => !gone.includes(position));
export const replaced = (sequence: Sequence, at: number, command: Command): Sequence =>
  sequence.map((other, position) => (position === at ? command : other));

/** `0,2: w g4[0]=-; fence`, in canonical form. */
function keyOf({ commands, start }: Candidate): string {
  return `${[...start].sort().join()}: ${textOf(commands)}`;
}

function candidateOf({ sequence, start }: Proposal): Candidate {
  const commands = encodeAll(sequence);
  makeCanonical(commands);
  return { commands, start };
}

/** The proposals that are simpler than `best`, each once. */
export function simplerOnes(best: Proposal, proposals: Iterable<Proposal>): Set<string> {
  const bestCandidate = candidateOf(best);
  const keys = new Set<string>();
  for (const proposal of proposals) {
    const candidate = candidateOf(proposal);
    if (compareCandidates(candidate, bestCandidate) < 0) keys.add(keyOf(candidate));
  }
  return keys;
}

const POINTING: readonly number[] = [ENTRY.leaf, ENTRY.super, ENTRY.table];

/** What the operands of a command name: pages, tags, contexts; one that says nothing names nothing. */
export function familiesOf(command: Command): Partial<Record<string, Family>> {
  const all = wouldName(command);
  return Object.fromEntries(Object.entries(all).filter(([name]) => numberIn(command, name) >= 0));
}

function wouldName(command: Command): Partial<Record<string, Family>> {
  switch (command.kind) {
    case "write": {
      const place = { vm: "vm", page: "guest-page", index: "index" } as const;
      return POINTING.includes(command.entry) ? { ...place, target: "guest-page" } : place;
    }
    case "context":
      if (command.state !== 1) return { context: "context" };
      return { context: "context", vm: "vm", domain: "domain", process: "process", root: "guest-page" };
    case "context-field": {
      const field = CONTEXT_FIELDS[command.field]!;
      if (field === "valid") return { context: "context" };
      return { context: "context", value: field === "root" ? "guest-page" : field };
    }
    case "invalidate": {
      const tags = { domain: "domain", process: "process", requester: "context" } as const;
      if (command.form === 0) return tags;
      return { ...tags, base: INVALIDATION_KINDS[command.invalidation] === "s2" ? "guest-page" : "iova" };
    }
    case "stage2": {
      const place = { vm: "vm", page: "guest-page" } as const;
      return POINTING.includes(command.entry) ? { ...place, target: "host-page" } : place;
    }
    case "move":
      return { vm: "vm", page: "guest-page", target: "host-page" };
    case "fence":
    case "execute":
      return {};
    default:
      return { context: "context", iova: "iova" };
  }
}

/** The numbers of a family in a sequence, in order of first use: by command, then by operand. */
export function inUse(sequence: Sequence, family: Family): number[] {
  const numbers = sequence.flatMap((command) =>
    operandsOf(command.kind)
      .filter(({ name }) => familiesOf(command)[name] === family)
      .map(({ name }) => numberIn(command, name)),
  );
  return [...new Set(numbers)];
}

/** The sequence with each number of a family, in the commands from `from` up to `to`, as `change` makes it. */
export function changed(
  sequence: Sequence,
  family: Family,
  change: (number: number) => number,
  [from, to]: readonly [number, number] = [0, sequence.length],
): Sequence {
  return sequence.map((command, position) => {
    if (position < from || position >= to) return command;
    const own = Object.entries(familiesOf(command)).filter(([, other]) => other === family);
    return put(command, Object.fromEntries(own.map(([name]) => [name, change(numberIn(command, name))])));
  });
}

export function countOf(family: Family, limits: Limits): number {
  const type = family === "guest-page" ? "gpa" : family === "host-page" ? "hpa" : family;
  return operandLimit(type, limits);
}

export const ALL_FAMILIES: readonly Family[] = [
  "context",
  "domain",
  "process",
  "vm",
  "guest-page",
  "host-page",
  "index",
  "iova",
];

/** One number of a family becomes any other, in all its places. */
export function renamedOnce(sequence: Sequence, limits: Limits): Sequence[] {
  return ALL_FAMILIES.flatMap((family) =>
    product(inUse(sequence, family), upTo(countOf(family, limits)))
      .filter(([value, other]) => value !== other)
      .map(([value, other]) => changed(sequence, family, (number) => (number === value ? other! : number))),
  );
}

/** All writes to one stage-1 entry go to any other, with or without the global mark. */
export function movedOnce(sequence: Sequence, limits: Limits): Sequence[] {
  const isAt = (command: Command, place: Command): boolean =>
    command.kind === "write" &&
    ["vm", "page", "index"].every((name) => numberIn(command, name) === numberIn(place, name));
  return sequence
    .filter(({ kind }) => kind === "write")
    .flatMap((place) =>
      product(upTo(limits.guestPages), upTo(limits.entries), [0, 1]).map(([page, index, global]) =>
        sequence.map((command) =>
          isAt(command, place) ? put(command, { page: page!, index: index!, global: global! }) : command,
        ),
      ),
    );
}

/** Values of an operand that are simpler than the one it has, or equal to it. */
export function valuesOf(kind: CommandKind, name: string, limits: Limits): number[] {
  const operand = operandsOf(kind).find((other) => other.name === name)!;
  const sentinels = operand.simplest !== ANY ? [] : operand.type === "domain" ? [ANY, NO_DOMAIN] : [ANY];
  return [...sentinels, ...upTo(operandLimit(operand.type, limits))];
}

/** Every command of a small geometry, operand by operand where `isDrawn` says yes. */
export function allCommands(
  limits: Limits,
  isDrawn: (kind: CommandKind, name: string, value: number, before: Numbers) => boolean,
): Command[] {
  return COMMANDS.flatMap(({ kind, operands }) => {
    let rows: Numbers[] = [{}];
    for (const { name } of operands) {
      const values = valuesOf(kind, name, limits);
      rows = rows.flatMap((row) =>
        values.filter((value) => isDrawn(kind, name, value, row)).map((value) => ({ ...row, [name]: value })),
      );
    }
    return rows.map((row) => ({ kind, ...row }) as unknown as Command);
  });
}
