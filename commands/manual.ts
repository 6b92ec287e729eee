/**
 * An invalidation in the words of the architecture's manual, with its operands as they are encoded there.
 *
 * Addresses are those of 4 KiB pages: i4 is 0x4000. A range that the encoding cannot say in one command is shown as the
 * block it becomes, or, where each page takes a command of its own, as the first and the last address.
 */

import {
  chooseForm,
  type Given,
  isGiven,
  type ManualForm,
  type Piece,
  type Place,
  parseManual,
} from "../rules/manual.js";
import { type CommandRule, INVALIDATION_KINDS, type RangeEncoding } from "../rules/vocabulary.js";
import { ANY, type CommandOf, NO_DOMAIN, RANGE } from "./command.js";

type Invalidate = CommandOf<"invalidate">;
const PAGE = 4096;
/** Numbers that `num` can hold. */
const NUM_LIMIT = 32;
/** Exponents of a block of pages. */
const LARGEST_LOG2 = 52;

/**
 * `IOTINVAL.VMA GV=1 GSCID=0 AV=1 ADDR=0x4000`; undefined if the architecture has no such command, says nothing of its
 * operands, or has no form that these fill.
 */
export function manualText(commands: readonly CommandRule[], command: Invalidate): string | undefined {
  const rule = ruleOf(commands, command);
  const forms = rule === undefined ? [] : formsOf(rule);
  const given = givenBy(command);
  const form = chooseForm(forms, given);
  if (form === undefined || forms.every(({ words }) => words.length === 0)) return undefined;
  const block = blockOf(command, rule!.range);
  const words = form.words
    .filter(({ pieces }) => pieces.every((piece) => isSaid(piece, given)))
    .map(({ pieces }) => pieces.map((piece) => pieceText(piece, command, given, block)).join(""));
  return [form.name, ...words].join(" ");
}

/** The manual's name for a command with these operands. */
export function manualName(commands: readonly CommandRule[], command: Invalidate): string | undefined {
  const rule = ruleOf(commands, command);
  const forms = rule === undefined ? [] : formsOf(rule);
  return (chooseForm(forms, givenBy(command)) ?? forms.at(-1))?.name;
}

const ruleOf = (commands: readonly CommandRule[], command: Invalidate): CommandRule | undefined =>
  commands.find(({ kind }) => kind === INVALIDATION_KINDS[command.invalidation]);

/** Loaders refuse what cannot be parsed. */
function formsOf({ manual }: CommandRule): readonly ManualForm[] {
  const forms = parseManual(manual);
  return "seen" in forms ? [] : forms;
}

const givenBy = (command: Invalidate): Given => ({
  domain: command.domain !== ANY,
  process: command.process !== ANY,
  requester: command.requester !== ANY,
  address: command.form !== RANGE.all,
});

const isSaid = (piece: Piece, given: Given): boolean =>
  typeof piece === "string" || piece.isFlag || isGiven(piece.place, given);

function pieceText(piece: Piece, command: Invalidate, given: Given, block: Block): string {
  if (typeof piece === "string") return piece;
  if (piece.isFlag) return isGiven(piece.place, given) ? "1" : "0";
  return placeText(piece.place, command, block);
}

function placeText(place: Place, command: Invalidate, { base, first, pages, log2 }: Block): string {
  switch (place) {
    case "domain":
      return `${command.domain === NO_DOMAIN ? 0 : command.domain}`;
    case "process":
      return `${command.process}`;
    case "requester":
      return `${command.requester}`;
    case "requester-mask":
      return `${command.requesterMask}`;
    case "address":
      return pages > 1 ? `${hexadecimal(first)}..${hexadecimal(first + pages - 1)}` : hexadecimal(first);
    case "base":
      return hexadecimal(base);
    case "napot":
      return hexadecimal(log2 === 0 ? first : first + 2 ** (log2 - 1) - 1);
    case "log2":
      return `${log2}`;
    case "several":
      return log2 > 0 ? "1" : "0";
    case "num":
      return `${Math.ceil(pages / 2 ** scaleOf(pages)) - 1}`;
    case "scale":
      return `${scaleOf(pages)}`;
    case "level":
      return `${command.level}`;
    case "ttl":
      return `${command.level === 0 ? 0 : Math.max(0, 4 - command.level)}`;
    case "granule":
      return pages > 1 || command.level !== 0 ? "1" : "0";
    case "leaf":
      return `${command.leaf}`;
    case "not-leaf":
      return `${1 - command.leaf}`;
  }
}

/** The pages that are meant, from `first` on; `base` is the one that is sent, `log2` that of their number, at least. */
interface Block {
  base: number;
  first: number;
  pages: number;
  log2: number;
}

function blockOf({ form, base, size }: Invalidate, range: RangeEncoding): Block {
  if (form === RANGE.all) return { base: 0, first: 0, pages: 1, log2: 0 };
  if (form === RANGE.mask) {
    const pages = 2 ** Math.min(size, LARGEST_LOG2);
    const first = range.mask === "aligned" ? Math.floor(base / pages) * pages : base;
    return { base, first, pages, log2: size };
  }
  const pages = range.count === "first" ? 1 : Math.max(1, size);
  if (range.count !== "block") return { base, first: base, pages, log2: Math.ceil(Math.log2(pages)) };
  let block = 1;
  while (Math.floor(base / block) !== Math.floor((base + pages - 1) / block)) block *= 2;
  const first = Math.floor(base / block) * block;
  return { base: first, first, pages: block, log2: Math.round(Math.log2(block)) };
}

function scaleOf(pages: number): number {
  let scale = 0;
  while (pages / 2 ** scale > NUM_LIMIT) scale++;
  return scale;
}

const hexadecimal = (page: number): string => `0x${(BigInt(page) * BigInt(PAGE)).toString(16)}`;
