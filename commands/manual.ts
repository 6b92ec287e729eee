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

/**
 * `IOTINVAL.VMA GV=1 GSCID=0 AV=1 ADDR=0x4000`; undefined if the architecture has no such command, or says nothing of its
 * operands.
 */
export function manualText(commands: readonly CommandRule[], command: Invalidate): string | undefined {
  const found = formOf(commands, command);
  if (found === undefined || !found.hasOperands) return undefined;
  const { form, given, range } = found;
  const words = form.words
    .filter(({ pieces, optional }) => !optional || pieces.every((piece) => isSaid(piece, given)))
    .map(({ pieces }) => pieces.map((piece) => pieceText(piece, command, given, range)).join(""));
  return [form.name, ...words].join(" ");
}

/** The manual's name for a command with these operands. */
export function manualName(commands: readonly CommandRule[], command: Invalidate): string | undefined {
  return formOf(commands, command)?.form.name;
}

function formOf(
  commands: readonly CommandRule[],
  command: Invalidate,
): { form: ManualForm; given: Given; range: RangeEncoding; hasOperands: boolean } | undefined {
  const rule = commands.find(({ kind }) => kind === INVALIDATION_KINDS[command.invalidation]);
  if (rule === undefined) return undefined;
  const forms = parseManual(rule.manual);
  // Loaders refuse what cannot be parsed.
  if ("seen" in forms) return undefined;
  const given = {
    domain: command.domain !== ANY,
    process: command.process !== ANY,
    requester: command.requester !== ANY,
    address: command.form !== RANGE.all,
  };
  const hasOperands = forms.some(({ words }) => words.length > 0);
  return { form: chooseForm(forms, given), given, range: rule.range, hasOperands };
}

const isSaid = (piece: Piece, given: Given): boolean => typeof piece === "string" || isGiven(piece.place, given);

function pieceText(piece: Piece, command: Invalidate, given: Given, range: RangeEncoding): string {
  if (typeof piece === "string") return piece;
  if (piece.isFlag) return isGiven(piece.place, given) ? "1" : "0";
  return placeText(piece.place, command, blockOf(command, range));
}

function placeText(place: Place, command: Invalidate, { first, pages, log2, isTrain }: Block): string {
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
      return isTrain ? `${hexadecimal(first)}..${hexadecimal(first + pages - 1)}` : hexadecimal(first);
    case "base":
      return hexadecimal(first);
    case "napot":
      return hexadecimal(first + (log2 === 0 ? 0 : 2 ** (log2 - 1) - 1));
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

/** The pages that are sent: `log2` of their number, rounded up; `isTrain` where each takes a command. */
interface Block {
  first: number;
  pages: number;
  log2: number;
  isTrain: boolean;
}

function blockOf({ form, base, size }: Invalidate, range: RangeEncoding): Block {
  if (form === RANGE.all) return { first: 0, pages: 1, log2: 0, isTrain: false };
  if (form === RANGE.mask) return { first: base, pages: 2 ** Math.min(size, 52), log2: size, isTrain: false };
  const pages = range.count === "first" ? 1 : Math.max(1, size);
  if (range.count !== "block") return { first: base, pages, log2: Math.ceil(Math.log2(pages)), isTrain: pages > 1 };
  let block = 1;
  while (Math.floor(base / block) !== Math.floor((base + pages - 1) / block)) block *= 2;
  return { first: Math.floor(base / block) * block, pages: block, log2: Math.round(Math.log2(block)), isTrain: false };
}

function scaleOf(pages: number): number {
  let scale = 0;
  while (pages / 2 ** scale > NUM_LIMIT) scale++;
  return scale;
}

const hexadecimal = (page: number): string => `0x${(BigInt(page) * BigInt(PAGE)).toString(16)}`;
