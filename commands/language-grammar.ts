/**
 * The grammar of one command: words to a `Command`, or the first problem in them.
 *
 * One function a command word, in the order of the table in `command.ts`. Numbers are not compared with a geometry:
 * what a page outside it means is up to the models (nothing). Operands that say nothing get the values that the printer
 * leaves out: target 0, permission rw, global 0 for `-` and `bad`; 0 for the fields of a context that is not present.
 */

import { type Architecture, CONTEXT_FIELDS, unreachable } from "../rules/vocabulary.js";
import { CONTEXT_STATE, type Command, type CommandOf, ENTRY, READ, WRITE } from "./command.js";
import { type Problem, quoteWord, sentence } from "./language-codes.js";
import { readInvalidate } from "./language-invalidate.js";
import type { LexedCommand } from "./language-lexer.js";
import { LARGEST_PAGE, nearestOr, type Place, TokenReader } from "./language-reader.js";
import { readManual } from "./manual-reader.js";

/** Each word that a command may begin with, and an example of the command. */
const EXAMPLES = {
  w: "w g4[0]=leaf g8 rw",
  ctx: "ctx c0=(d0,p0,g2)",
  inv: "inv iotlb d0 p0 [i0+4]",
  guest: "guest inv s2 d0 g8",
  host: "host inv iotlb d0 p0 i0",
  fence: "fence",
  F: "fence",
  s2: "s2 d0 g8=h8 rw",
  move: "move d0 g8=h12",
  dma: "dma r c0 i0",
  prefetch: "prefetch c0 i0",
  evict: "evict c0 i0",
  "walk+": "walk+ c0 i0",
  "walk-": "walk- c0 i0",
  execute: "execute 0",
} as const;
type Word = keyof typeof EXAMPLES;
export const COMMAND_WORDS = Object.keys(EXAMPLES) as Word[];

const isWord = (text: string): text is Word => Object.hasOwn(EXAMPLES, text);

const VM: Place = { what: "a VM", form: "dV" };
const GUEST_PAGE: Place = { what: "a guest page", form: "gN" };
const HOST_PAGE: Place = { what: "a host page", form: "hN" };
const IOVA_PAGE: Place = { what: "an IOVA page", form: "iN" };
const CONTEXT: Place = { what: "a context", form: "cN" };
const DOMAIN: Place = { what: "a domain tag", form: "dN" };
const PROCESS: Place = { what: "a process tag", form: "pN" };
const NUMBER: Place = { what: "a number", form: "decimal digits" };

const PERMISSIONS: Readonly<Record<string, number>> = { none: 0, r: READ, w: WRITE, rw: READ | WRITE };

/** The words of an architecture's manual. */
export type Manual = Pick<Architecture, "commands" | "fence">;

/** The command that `lexed` says; `manual` are the commands of an architecture, whose own words are then known too. */
export function parseCommand(
  lexed: LexedCommand,
  manual: () => Manual = () => ({ commands: [], fence: "fence" }),
): { command: Command } | { problem: Problem } {
  if (lexed.bracket >= 0) return { problem: strayBracket(lexed.bracket) };
  const first = lexed.tokens[0]!;
  const sender = first.text === "guest" ? 0 : first.text === "host" ? 1 : undefined;
  const words = sender === undefined ? lexed.tokens : lexed.tokens.slice(1);
  if (words[0] !== undefined && !isWord(words[0].text)) {
    const { commands, fence } = manual();
    const found = readManual(words, sender, commands);
    if (found !== undefined) return found;
    if (words[0].text === fence.split(" ")[0] && words.length === 1) return { command: { kind: "fence" } };
  }
  if (!isWord(first.text)) return { problem: unknownCommand(first.text, first.start) };
  const reader = new TokenReader(lexed.tokens, EXAMPLES[first.text]);
  reader.skip();
  const command = readCommand(reader, first.text);
  return reader.problem === undefined ? { command } : { problem: reader.problem };
}

function strayBracket(offset: number): Problem {
  const message = (): string =>
    sentence("a round bracket without its partner", "( remark ), ctx c0=(d0,p0,g2)", "close it on the same line");
  return { offset, code: "NF209", message };
}

function unknownCommand(word: string, offset: number): Problem {
  const message = (): string =>
    sentence(
      `unknown command ${quoteWord(word)}`,
      COMMAND_WORDS.join(", "),
      /^[0-9]+\.$/.test(word)
        ? "a numbered step belongs to a block: take the block with its first and its last line"
        : nearestOr(word, COMMAND_WORDS, "begin with one of these words, or put a remark in ( ) or behind #"),
    );
  return { offset, code: "NF201", message };
}

function readCommand(reader: TokenReader, word: Word): Command {
  switch (word) {
    case "w":
      return readWrite(reader);
    case "ctx":
      return readContext(reader);
    case "inv":
      return readInvalidate(reader, undefined);
    case "guest":
    case "host":
      reader.choice(["inv"], { what: '"inv"', form: "inv" });
      return readInvalidate(reader, word === "host" ? 1 : 0);
    case "fence":
    case "F":
      reader.finish("");
      return { kind: "fence" };
    case "s2":
      return readStage2(reader);
    case "move":
      return readMove(reader);
    case "dma":
      return readDma(reader);
    case "prefetch":
    case "evict":
      return { kind: word, ...readRequest(reader) };
    case "walk+":
      return { kind: "walk-start", ...readRequest(reader) };
    case "walk-":
      return { kind: "walk-end", ...readRequest(reader) };
    case "execute": {
      const slot = reader.number({ what: "the number of a pending command", form: "decimal digits" });
      reader.finish("");
      return { kind: "execute", slot };
    }
    default:
      return unreachable(word);
  }
}

/** `w g4[0]=ENTRY`, `w d1 g4[0]=ENTRY`. */
function readWrite(reader: TokenReader): CommandOf<"write"> {
  const vm = reader.peekNumbered("dv") ? reader.numbered("dv", VM) : 0;
  const page = reader.numbered("g", { what: "a guest page, or a VM before it,", form: "gT[k], dV gT[k]" });
  reader.symbol("[");
  const index = reader.number(NUMBER);
  reader.symbol("]");
  reader.symbol("=");
  const words = ["-", "bad", "leaf", "super", "table"] as const;
  const word = reader.choice(words, { what: "an entry", form: "-, bad, leaf gX, super gX, table gX" });
  if (word === undefined || word === "-" || word === "bad") {
    reader.finish("");
    const entry = word === "bad" ? ENTRY.malformed : ENTRY.absent;
    return { kind: "write", vm, page, index, entry, target: 0, permission: READ | WRITE, global: 0 };
  }
  const target = reader.numbered("g", GUEST_PAGE);
  const permission = readPermission(reader);
  const global = reader.takeIf("global") ? 1 : 0;
  reader.finish(global === 1 ? "" : "r, w, rw, none, then global");
  return { kind: "write", vm, page, index, entry: ENTRY[word], target, permission, global };
}

/** A permission if one stands here, else `rw`. */
function readPermission(reader: TokenReader): number {
  const word = reader.peek();
  if (word === undefined || !Object.hasOwn(PERMISSIONS, word)) return READ | WRITE;
  reader.skip();
  return PERMISSIONS[word]!;
}

/** `ctx c0=-`, `ctx c0=bad`, `ctx c0=(d0,p0,g2)`, `ctx c0=(v0,d2,p0,g2)`, `ctx c0 FIELD=VALUE`. */
function readContext(reader: TokenReader): CommandOf<"context"> | CommandOf<"context-field"> {
  const context = reader.numbered("c", CONTEXT);
  if (!reader.takeIf("=")) return readContextField(reader, context);
  if (!reader.takeIf("(")) {
    const form = "-, bad, (dN,pN,gN), (vN,dN,pN,gN)";
    const word = reader.choice(["-", "bad"] as const, { what: "a context entry", form });
    reader.finish("");
    const state = word === "bad" ? CONTEXT_STATE.malformed : CONTEXT_STATE.absent;
    return { kind: "context", context, state, vm: 0, domain: 0, process: 0, root: 0 };
  }
  const named = reader.peekNumbered("v");
  const vm = named ? reader.numbered("v", VM) : 0;
  if (named) reader.symbol(",");
  const domain = reader.numbered("d", DOMAIN);
  reader.symbol(",");
  const process = reader.numbered("p", PROCESS);
  reader.symbol(",");
  const root = reader.numbered("g", GUEST_PAGE);
  reader.symbol(")");
  reader.finish("");
  return { kind: "context", context, state: CONTEXT_STATE.present, vm: named ? vm : domain, domain, process, root };
}

/** The letters before the value of each field of a context entry. */
const FIELD_LETTERS = { valid: "", vm: "v", domain: "d", process: "p", root: "g" } as const;

const FIELD_EXAMPLES = {
  valid: "ctx c0 valid=0",
  vm: "ctx c0 vm=v1",
  domain: "ctx c0 domain=d1",
  process: "ctx c0 process=p1",
  root: "ctx c0 root=g3",
} as const;

function readContextField(reader: TokenReader, context: number): CommandOf<"context-field"> {
  const form = `=, ${CONTEXT_FIELDS.map((field) => `${field}=`).join(", ")}`;
  const field = reader.choice(CONTEXT_FIELDS, { what: '"=" or a field', form }) ?? "valid";
  reader.example = FIELD_EXAMPLES[field];
  reader.symbol("=");
  const letter = FIELD_LETTERS[field];
  const value =
    letter === ""
      ? reader.number({ what: "0 or 1", form: "0, 1" })
      : reader.numbered(letter, { what: `the ${field}`, form: `${letter}N` });
  reader.finish("");
  return { kind: "context-field", context, field: CONTEXT_FIELDS.indexOf(field), value };
}

/** `s2 d0 g8=ENTRY`. A permission needs a host page before it: `s2 d0 g8=r` says no page. */
function readStage2(reader: TokenReader): CommandOf<"stage2"> {
  const vm = reader.numbered("dv", VM);
  const page = reader.numbered("g", GUEST_PAGE);
  reader.symbol("=");
  const words = ["-", "bad", "leaf", "super", "table"] as const;
  const form = "-, bad, hN, super hN, table hN";
  const word = reader.peekNumbered("h") ? "leaf" : reader.choice(words, { what: "a stage-2 entry", form });
  if (word === undefined || word === "-" || word === "bad") {
    reader.finish("");
    const entry = word === "bad" ? ENTRY.malformed : ENTRY.absent;
    return { kind: "stage2", vm, page, entry, target: 0, permission: READ | WRITE };
  }
  const target = reader.numbered("h", HOST_PAGE);
  const permission = readPermission(reader);
  reader.finish("r, w, rw, none");
  return { kind: "stage2", vm, page, entry: ENTRY[word], target, permission };
}

/** `move d0 g8=h12`. */
function readMove(reader: TokenReader): CommandOf<"move"> {
  const vm = reader.numbered("dv", VM);
  const page = reader.numbered("g", GUEST_PAGE);
  reader.symbol("=");
  const target = reader.numbered("h", HOST_PAGE);
  reader.finish("");
  return { kind: "move", vm, page, target };
}

/** `dma r c0 i0`, `dma w c0 i0`. */
function readDma(reader: TokenReader): CommandOf<"dma"> {
  const access = reader.choice(["r", "w"] as const, { what: "the access", form: "r, w" }) === "w" ? 1 : 0;
  return { kind: "dma", ...readRequest(reader), access };
}

function readRequest(reader: TokenReader): { context: number; iova: number } {
  const context = reader.numbered("c", CONTEXT);
  const iova = reader.numbered("i", IOVA_PAGE, LARGEST_PAGE);
  reader.finish("");
  return { context, iova };
}
