/**
 * How fast-check draws sequences: an array of integers, each decoded into commands when its turn comes.
 *
 * A gene is one integer of 30 bits; digits made from it choose an action and the operands. Decoding sees a palette (the
 * pages that mean something in this geometry) and may ask for the next command that serves an open duty, so a sequence
 * drawn this way changes structures that walks use and goes on to discharge what the changes owe: a uniform draw almost
 * never settles a request after a change. What is kept and shrunk further is the concrete commands, never the genes.
 * Genes do not shrink by value (a smaller gene is not a simpler command), only by leaving some out.
 */

import fc from "fast-check";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import {
  ANY,
  COMMANDS,
  CONTEXT_STATE,
  ENTRY,
  KIND,
  type Limits,
  NO_DOMAIN,
  operandLimit,
  RANGE,
  READ,
  STRIDE,
  slots,
  WRITE,
} from "./command.js";

/** What decoding needs to know of a geometry and its start state. */
export interface Palette {
  limits: Limits;
  /** Guest pages of stage-1 tables by depth, pages free to become tables, and data pages. */
  tables: readonly (readonly number[])[];
  spare: readonly number[];
  data: readonly number[];
  /** Context entries of the start state. */
  contexts: readonly { context: number; vm: number; domain: number; process: number; root: number }[];
  /** IOVA pages in play. */
  iova: Float64Array;
  /** Host pages: where guest page g of a VM lies at the start (`vm * guestPages + g`), and those not in use. */
  freeHost: readonly number[];
  stage2Superpage: number;
}

/** What is alike in a whole sequence; see `temperOf`. */
export interface Temper {
  /** One entry in so many is marked global. */
  globals: number;
  /** Most changes wait until nothing is owed. */
  orderly: boolean;
  /** The sequence begins by detaching this context, which then mostly stays so; -1 for none. */
  detached: number;
}

/**
 * Writes the next command that serves an open duty (chosen by `choice`) at position 0 of `into`; false if none is
 * open.
 */
export type Discharge = (choice: number, into: Float64Array) => boolean;

/** Sequences of up to `length` genes; lengths are spread evenly. */
export function genes(length: number): fc.Arbitrary<number[]> {
  return fc.array(fc.noShrink(fc.nat({ max: 2 ** 30 - 1 })), { minLength: 1, maxLength: length, size: "max" });
}

/** Genes a sequence. */
export const GENES = 60;

/** The genes of so many sequences, for a search that is no property of fast-check's. */
export function sampleGenes(seed: number, sequences: number): number[][] {
  return fc.sample(genes(GENES), { seed, numRuns: sequences });
}

/** Genes for `decodeUniform`: with more digits, and none of fast-check's own bias towards the ends of a range. */
export function uniformGenes(length: number): fc.Arbitrary<number[]> {
  return fc.array(fc.noShrink(fc.noBias(fc.maxSafeNat())), { minLength: 1, maxLength: length, size: "max" });
}

const W = slots("write");
const C = slots("context");
const F = slots("context-field");
const I = slots("invalidate");
const T = slots("stage2");
const M = slots("move");
const D = slots("dma");
const N = slots("prefetch");
const X = slots("execute");

/** Shares of the actions, out of 64. */
const SHARES = [
  ["write", 12],
  ["again", 3],
  ["discharge", 26],
  ["stage2", 5],
  ["context", 4],
  ["invalidate", 3],
  ["fence", 2],
  ["dma", 4],
  ["noise", 5],
] as const;
type Action = (typeof SHARES)[number][0];
const ACTIONS: readonly Action[] = SHARES.flatMap(([action, share]) => Array.from({ length: share }, () => action));

/** Digits made from a gene, as many as are asked for, each independent of those before. */
class Digits {
  private state = 0;
  load(gene: number): void {
    this.state = gene | 0;
  }
  take(choices: number): number {
    // The splitmix generator on 32 bits: a step of the golden ratio, then two rounds that mix all bits.
    this.state = (this.state + 0x9e3779b9) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % choices;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.take(list.length)]!;
  }
}
const digits = new Digits();

/**
 * The temper of the sequence that begins with `gene`. Some have many global entries, since one alone seldom
 * meets anything, and a context less, since those that meet each other's are never settled; most have few. In half of
 * them most changes wait until nothing is owed, and what a change left behind comes to light; in the others duties pile
 * up.
 */
export function temperOf(gene: number, { contexts }: Palette): Temper {
  const top = Math.floor(gene / 2 ** 26);
  const isGlobal = top % 4 === 0;
  return {
    globals: isGlobal ? 4 : 48,
    orderly: Math.floor(top / 4) % 2 === 0,
    detached: isGlobal && contexts.length > 1 ? contexts[1]!.context : -1,
  };
}

/** Writes the command that a sequence of this temper begins with, whatever its first gene; false if there is none. */
export function beginSequence({ detached }: Temper, into: Float64Array): boolean {
  if (detached < 0) return false;
  into.fill(0, 0, STRIDE);
  into[0] = KIND.context;
  into[C.context] = detached;
  return true;
}

/** Below this is the number by which a command that serves a duty is chosen. */
const CHOICES = 4096;
/** Of the changes in an orderly sequence, one in so many does not wait. */
const HASTE = 6;

/**
 * Decodes one gene into one command at position 0 of `into`, which holds the last write of an entry (or anything else)
 * in `last`: one action writes that entry once more with other permissions or another class, since two writes drawn
 * apart rarely meet in one entry.
 */
export function decodeGene(
  gene: number,
  palette: Palette,
  temper: Temper,
  discharge: Discharge,
  last: Float64Array,
  into: Float64Array,
): void {
  digits.load(gene);
  into.fill(0, 0, STRIDE);
  const action = ACTIONS[digits.take(ACTIONS.length)]!;
  const isChange = action === "write" || action === "again" || action === "stage2" || action === "context";
  if (temper.orderly && isChange && digits.take(HASTE) !== 0 && discharge(digits.take(CHOICES), into)) return;
  switch (action) {
    case "write":
      drawWrite(palette, temper, into);
      return;
    case "again":
      drawAgain(palette, temper, last, into);
      return;
    case "stage2":
      drawStage2(palette, into);
      return;
    case "context":
      drawContext(palette, temper, into);
      return;
    case "discharge":
      // With nothing owed the digits are as good for a write.
      if (!discharge(digits.take(CHOICES), into)) drawWrite(palette, temper, into);
      return;
    case "invalidate":
      drawInvalidation(palette, into);
      return;
    case "fence":
      into[0] = KIND.fence;
      return;
    case "dma":
      into[0] = KIND.dma;
      into[D.context] = digits.take(palette.limits.contexts);
      into[D.iova] = digits.pick(palette.iova as unknown as readonly number[]);
      into[D.access] = digits.take(2);
      return;
    case "noise":
      drawNoise(palette, into);
      return;
  }
}

const PERMISSIONS = [READ | WRITE, READ | WRITE, READ, WRITE] as const;

/** A stage-1 entry, mostly one that fits the depth of its table. */
function drawWrite(palette: Palette, temper: Temper, into: Float64Array): void {
  const { tables } = palette;
  into[0] = KIND.write;
  const global = digits.take(temper.globals) === 0 ? 1 : 0;
  into[W.vm] = digits.take(4) === 0 ? palette.limits.vms - 1 : 0;
  const depth = tables.length - 1 - (digits.take(3) === 0 ? digits.take(tables.length) : 0);
  const isSpare = digits.take(6) === 0 && palette.spare.length > 0;
  into[W.page] = isSpare ? digits.pick(palette.spare) : digits.pick(tables[depth]!);
  into[W.index] = drawIndex(palette.limits.entries);
  into[W.permission] = READ | WRITE;
  const shape = digits.take(12);
  if (shape < 4) return;
  if (shape === 4) {
    into[W.entry] = ENTRY.malformed;
    return;
  }
  if (depth === tables.length - 1) {
    into[W.entry] = ENTRY.leaf;
    into[W.target] = digits.pick(palette.data);
  } else if (shape < 10) {
    into[W.entry] = ENTRY.table;
    into[W.target] =
      digits.take(4) === 0 && palette.spare.length > 0 ? digits.pick(palette.spare) : digits.pick(tables[depth + 1]!);
  } else {
    into[W.entry] = ENTRY.super;
    const size = palette.limits.entries ** (tables.length - 1 - depth);
    into[W.target] = size * digits.take(Math.max(1, Math.floor(palette.limits.guestPages / size)));
  }
  into[W.permission] = digits.pick(PERMISSIONS);
  into[W.global] = global;
}

/** The last entry written, of either stage, once more: mostly the same target with other permissions. */
function drawAgain(palette: Palette, temper: Temper, last: Float64Array, into: Float64Array): void {
  const isStage1 = last[0] === KIND.write;
  if (!isStage1 && last[0] !== KIND.stage2) {
    drawWrite(palette, temper, into);
    return;
  }
  into.set(last.subarray(0, STRIDE));
  const entry = isStage1 ? W.entry : T.entry;
  const permission = isStage1 ? W.permission : T.permission;
  const shape = digits.take(8);
  if (shape < 6) {
    // An entry that names nothing takes the place of a leaf that does.
    if (into[entry] === ENTRY.absent || into[entry] === ENTRY.malformed) {
      into[entry] = ENTRY.leaf;
      into[isStage1 ? W.target : T.target] = isStage1 ? digits.pick(palette.data) : into[T.page]!;
    }
    into[permission] = digits.pick(PERMISSIONS);
    return;
  }
  if (!isStage1 && (into[entry] === ENTRY.table || into[entry] === ENTRY.super)) {
    drawUpperStage2(palette, digits.take(4), into);
    return;
  }
  into[entry] = shape === 6 ? ENTRY.malformed : ENTRY.absent;
  into[permission] = READ | WRITE;
  into[isStage1 ? W.target : T.target] = 0;
  if (isStage1) into[W.global] = 0;
}

function drawIndex(entries: number): number {
  const digit = digits.take(4);
  return digit === 3 ? entries - 1 : Math.min(digit, entries - 1);
}

function drawStage2(palette: Palette, into: Float64Array): void {
  const { limits } = palette;
  const vm = digits.take(limits.vms);
  const page = digits.take(3) === 0 ? digits.pick(palette.tables.flat()) : digits.pick(palette.data);
  const shape = digits.take(12);
  if (shape < 2) {
    into[0] = KIND.move;
    into[M.vm] = vm;
    into[M.page] = page;
    into[M.target] = digits.pick(palette.freeHost);
    return;
  }
  into[0] = KIND.stage2;
  into[T.vm] = vm;
  into[T.page] = page;
  into[T.permission] = READ | WRITE;
  if (shape < 5) return;
  if (shape === 5) {
    into[T.entry] = ENTRY.malformed;
    return;
  }
  into[T.entry] = ENTRY.leaf;
  into[T.permission] = digits.pick(PERMISSIONS);
  into[T.target] = vm * limits.guestPages + page;
  if (shape < 8) into[T.target] = digits.pick(palette.freeHost);
  if (shape === 8) into[T.target] = digits.take(limits.vms * limits.guestPages);
  if (shape < 10) return;
  drawUpperStage2(palette, digits.take(4), into);
  if (digits.take(6) === 0) into[T.permission] = 0;
}

/** A table, a superpage, or a superpage that is malformed since it is not aligned, in place of what is there. */
function drawUpperStage2({ limits, stage2Superpage, freeHost }: Palette, shape: number, into: Float64Array): void {
  const page = into[T.page]!;
  into[T.entry] = shape < 2 ? ENTRY.table : ENTRY.super;
  const first = into[T.vm]! * limits.guestPages + page - (page % stage2Superpage);
  // Few tables, so that the same one is written again.
  into[T.target] = shape < 2 ? freeHost[shape % freeHost.length]! : shape === 2 ? first : first + 1;
}

function drawContext(palette: Palette, { detached }: Temper, into: Float64Array): void {
  const { limits } = palette;
  let home = digits.pick(palette.contexts);
  if (home.context === detached && digits.take(4) !== 0) home = palette.contexts[0]!;
  const shape = digits.take(8);
  if (shape === 7) {
    into[0] = KIND["context-field"];
    into[F.context] = home.context;
    into[F.field] = digits.take(5);
    into[F.value] = into[F.field] === 4 ? digits.pick(palette.tables[0]!) : digits.take(4);
    return;
  }
  into[0] = KIND.context;
  into[C.context] = home.context;
  into[C.state] = shape === 0 ? CONTEXT_STATE.absent : CONTEXT_STATE.present;
  if (shape === 1 && digits.take(2) === 0) into[C.state] = CONTEXT_STATE.malformed;
  if (into[C.state] !== CONTEXT_STATE.present) return;
  into[C.vm] = home.vm;
  into[C.domain] = home.domain;
  into[C.process] = home.process;
  into[C.root] = home.root;
  // A field or two are others than at the start: what brings them back is another draw.
  const field = digits.take(8);
  if (field === 0) into[C.vm] = digits.take(limits.vms);
  if (field === 1 || field === 2) into[C.domain] = digits.take(limits.domains);
  if (field === 3 || field === 4) into[C.process] = digits.take(limits.processes);
  if (field >= 4 && field < 7) into[C.root] = digits.pick(palette.tables[0]!);
}

/** Any invalidation, by guest or host; operands are often those of a context of the start state. */
function drawInvalidation(palette: Palette, into: Float64Array): void {
  const { limits } = palette;
  const home = digits.pick(palette.contexts);
  into[0] = KIND.invalidate;
  const kind = digits.take(INVALIDATION_KINDS.length);
  const isStage2 = INVALIDATION_KINDS[kind] === "s2";
  into[I.invalidation] = kind;
  into[I.host] = isStage2 ? 1 : 0;
  const domain = digits.take(8);
  into[I.domain] =
    domain < 5 ? home.domain : domain === 5 ? ANY : domain === 6 ? NO_DOMAIN : digits.take(limits.domains);
  into[I.process] = digits.take(3) === 0 ? ANY : home.process;
  into[I.requester] = digits.take(2) === 0 ? ANY : home.context;
  into[I.form] = digits.take(3);
  if (into[I.form] !== RANGE.all) {
    into[I.base] = isStage2 ? digits.pick(palette.data) : digits.pick(palette.iova as unknown as readonly number[]);
    into[I.size] = into[I.form] === RANGE.count ? 1 + digits.take(4) : digits.take(3);
  }
  into[I.leaf] = digits.take(2);
}

const NOISE = ["prefetch", "prefetch", "evict", "walk-start", "walk-start", "walk-end", "execute"] as const;

function drawNoise(palette: Palette, into: Float64Array): void {
  const kind = digits.pick(NOISE);
  into[0] = KIND[kind];
  if (kind === "execute") {
    into[X.slot] = digits.take(4);
    return;
  }
  into[N.context] = digits.take(palette.limits.contexts);
  into[N.iova] = digits.pick(palette.iova as unknown as readonly number[]);
}

/**
 * Decodes one gene into any command there is: each kind as often as every other, each operand anywhere in its range.
 * What the shares and palettes above are worth is measured against this.
 */
export function decodeUniform(gene: number, limits: Limits, into: Float64Array): void {
  digits.load(gene);
  into.fill(0, 0, STRIDE);
  const row = digits.pick(COMMANDS);
  into[0] = KIND[row.kind];
  row.operands.forEach(({ name, type, simplest }, position) => {
    // Tags that may be left out count up from their sentinels; domains have two.
    const lowest = simplest === ANY ? (name === "domain" ? NO_DOMAIN : ANY) : 0;
    into[1 + position] = lowest + digits.take(operandLimit(type, limits) - lowest);
  });
}
