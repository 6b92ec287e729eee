/**
 * Reads an invalidation in the words of the architecture's manual: the inverse of `manual.ts`.
 *
 * `IOTINVAL.VMA GV=1 GSCID=3 AV=1 ADDR=0x4000` is what the forms of the architecture say it is. Operands stand in any
 * order. Where one of 0 says that another was not given (GV=0), that other is ignored, as a unit would. Numbers are
 * decimal or hexadecimal; addresses are those of 4 KiB pages.
 */

import { type ManualForm, type Piece, type Place, parseManual } from "../rules/manual.js";
import { type CommandRule, INVALIDATION_KINDS, type InvalidationKind } from "../rules/vocabulary.js";
import { ANY, type CommandOf, RANGE } from "./command.js";
import { type Problem, quoteWord, sentence } from "./language-codes.js";
import { defaultHost } from "./language-invalidate.js";
import type { Token } from "./language-lexer.js";
import { LARGEST_NUMBER, LARGEST_PAGE } from "./language-reader.js";

type Invalidate = CommandOf<"invalidate">;
type Found = { command: Invalidate } | { problem: Problem };
const PAGE = 4096n;
/** Exponents of a block of pages. */
const LARGEST_LOG2 = 52;

/** Every name that a manual's command has here, with the forms and the kind that it stands for. */
function formsNamed(commands: readonly CommandRule[], name: string): { kind: InvalidationKind; form: ManualForm }[] {
  return commands.flatMap(({ kind, manual }) => {
    const forms = parseManual(manual);
    return "seen" in forms ? [] : forms.filter((form) => form.name === name).map((form) => ({ kind, form }));
  });
}

/** The command that `tokens` say, its name first; undefined if the architecture has none of that name. */
export function readManual(
  tokens: readonly Token[],
  host: 0 | 1 | undefined,
  commands: readonly CommandRule[],
): Found | undefined {
  const [name] = tokens;
  const forms = formsNamed(commands, name!.text);
  if (forms.length === 0) return undefined;
  const operands = readOperands(tokens);
  if ("problem" in operands) return operands;
  const read = forms.map(({ kind, form }) => ({ kind, places: readForm(form, operands.values) }));
  // "All" is an address that means something of its own: the form with the fewest open places is the one meant.
  const fitting = read
    .filter(({ places }) => places !== undefined)
    .reduce<(typeof read)[number] | undefined>(
      (best, one) => (best === undefined || one.places!.size < best.places!.size ? one : best),
      undefined,
    );
  if (fitting === undefined)
    return {
      problem: noForm(
        tokens,
        forms.map(({ form }) => form),
      ),
    };
  return assemble(fitting.kind, host ?? defaultHost(fitting.kind), fitting.places!);
}

interface OperandValue {
  text: string;
  offset: number;
}

function readOperands(tokens: readonly Token[]): { values: Map<string, OperandValue> } | { problem: Problem } {
  const values = new Map<string, OperandValue>();
  for (let at = 1; at < tokens.length; at += 3) {
    const [key, equals, value] = tokens.slice(at, at + 3);
    if (equals?.text !== "=" || value === undefined)
      return { problem: misfit(key!, "an operand NAME=VALUE is due", "NAME=VALUE", "put = and a value behind it") };
    if (values.has(key!.text))
      return {
        problem: { ...misfit(key!, "gives an operand a second time", "each once", "delete one"), code: "NF207" },
      };
    values.set(key!.text, { text: value.text, offset: value.start });
  }
  return { values };
}

/** What the operands say of each place of a form; undefined if they are not those of the form. */
function readForm(form: ManualForm, operands: ReadonlyMap<string, OperandValue>): Map<Place, OperandValue> | undefined {
  const places = new Map<Place, OperandValue>();
  const absent = new Set<Place>();
  let used = 0;
  for (const { pieces, optional } of form.words) {
    const key = keyOf(pieces);
    const operand = operands.get(key);
    if (operand === undefined) {
      if (!optional) return undefined;
      continue;
    }
    used++;
    const piece = pieces[1];
    const literal = typeof pieces[0] === "string" ? pieces[0].slice(key.length + 1) : "";
    if (piece === undefined || typeof piece === "string") {
      if (!sameNumber(literal, operand.text)) return undefined;
    } else if (piece.isFlag) {
      if (operand.text !== "1") absent.add(piece.place);
    } else places.set(piece.place, operand);
  }
  if (used !== operands.size) return undefined;
  for (const place of absent) places.delete(place);
  if (absent.has("address")) for (const place of ADDRESS_PLACES) places.delete(place);
  return places;
}
const ADDRESS_PLACES: readonly Place[] = ["address", "base", "napot", "log2", "several", "num", "scale"];

const keyOf = (pieces: readonly Piece[]): string =>
  typeof pieces[0] === "string" ? pieces[0].slice(0, pieces[0].indexOf("=")) : "";

function sameNumber(literal: string, text: string): boolean {
  const [a, b] = [numberOf(literal), numberOf(text)];
  return a === undefined || b === undefined ? literal === text : a === b;
}

function numberOf(text: string): bigint | undefined {
  return /^(?:[0-9]+|0x[0-9a-fA-F]+)$/.test(text) ? BigInt(text) : undefined;
}

function assemble(kind: InvalidationKind, host: 0 | 1, places: ReadonlyMap<Place, OperandValue>): Found {
  const problems: Problem[] = [];
  const number = (place: Place, otherwise: number, largest: number = LARGEST_NUMBER): number => {
    const operand = places.get(place);
    if (operand === undefined) return otherwise;
    const value = numberOf(operand.text);
    if (value === undefined) problems.push(notNumber(operand));
    else if (value > BigInt(largest)) problems.push(tooLarge(operand, largest));
    return Number(value ?? 0n);
  };
  const ttl = number("ttl", 0, 3);
  const command: Invalidate = {
    kind: "invalidate",
    invalidation: INVALIDATION_KINDS.indexOf(kind),
    host,
    domain: number("domain", ANY),
    process: number("process", ANY),
    requester: number("requester", ANY),
    requesterMask: number("requester-mask", 0),
    ...addressOf(places, number, problems),
    leaf: places.has("not-leaf") ? 1 - number("not-leaf", 1, 1) : number("leaf", 0, 1),
    level: ttl > 0 ? 4 - ttl : number("level", 0),
  };
  return problems.length === 0 ? { command } : { problem: problems[0]! };
}

type AddressOperands = Pick<Invalidate, "form" | "base" | "size">;

function addressOf(
  places: ReadonlyMap<Place, OperandValue>,
  number: (place: Place, otherwise: number, largest?: number) => number,
  problems: Problem[],
): AddressOperands {
  const operand = places.get("address") ?? places.get("base") ?? places.get("napot");
  if (operand === undefined) return { form: RANGE.all, base: 0, size: 0 };
  const [first, last] = operand.text.split("..").map((text) => pageOf({ ...operand, text }, problems));
  if (places.has("napot")) return napotOf(first!, number("several", 0, 1) === 1);
  const log2 = number("log2", 0, LARGEST_LOG2);
  if (log2 > 0) return { form: RANGE.mask, base: first!, size: log2 };
  const run = (number("num", 0, 31) + 1) * 2 ** number("scale", 0, 39);
  return { form: RANGE.count, base: first!, size: last === undefined ? run : Math.max(1, last - first! + 1) };
}

function napotOf(page: number, several: boolean): AddressOperands {
  if (!several) return { form: RANGE.count, base: page, size: 1 };
  let log2 = 1;
  for (let rest = page; rest % 2 === 1; rest = Math.floor(rest / 2)) log2++;
  const pages = 2 ** Math.min(log2, LARGEST_LOG2);
  return { form: RANGE.mask, base: Math.floor(page / pages) * pages, size: Math.min(log2, LARGEST_LOG2) };
}

function pageOf(operand: OperandValue, problems: Problem[]): number {
  const value = numberOf(operand.text);
  if (value === undefined) problems.push(notNumber(operand));
  else if (value % PAGE !== 0n) problems.push(unaligned(operand));
  else if (value / PAGE > BigInt(LARGEST_PAGE)) problems.push(tooLarge(operand, LARGEST_PAGE));
  return Number((value ?? 0n) / PAGE);
}

function misfit(token: Token, seen: string, known: string, mend: string): Problem {
  return {
    offset: token.start,
    code: "NF203",
    message: () => sentence(`${quoteWord(token.text)}: ${seen}`, known, mend),
  };
}

function noForm(tokens: readonly Token[], forms: readonly ManualForm[]): Problem {
  const known = forms.map((form) => formText(form)).join(" | ");
  return misfit(tokens[0]!, "its operands are those of no form of the command", known, "give the operands of one form");
}

/** A form as it may be written, what may be left out in square brackets. */
function formText({ name, words }: ManualForm): string {
  const texts = words.map(({ pieces, optional }) => {
    const text = pieces.map((piece) => (typeof piece === "string" ? piece : piece.isFlag ? "0|1" : "N")).join("");
    return optional ? `[${text}]` : text;
  });
  return [name, ...texts].join(" ");
}

const notNumber = ({ text, offset }: OperandValue): Problem => ({
  offset,
  code: "NF203",
  message: () => sentence(`${quoteWord(text)} where a number is due`, "decimal, 0x and hexadecimal", "write a number"),
});

const unaligned = ({ text, offset }: OperandValue): Problem => ({
  offset,
  code: "NF205",
  message: () => sentence(`${quoteWord(text)} is no address of a page`, "multiples of 0x1000", "clear the low 12 bits"),
});

const tooLarge = ({ text, offset }: OperandValue, largest: number): Problem => ({
  offset,
  code: "NF205",
  message: () => sentence(`${quoteWord(text)} is too large`, `0 to ${largest}`, "take a number of that range"),
});
