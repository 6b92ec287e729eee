/**
 * Prints commands in the one canonical form, and as short sentences for tables.
 *
 * The printer is the inverse of the parser: what it leaves out is what the parser takes for granted. An entry that is
 * absent or malformed has no further operands, so whatever they are is not command; commands whose don't-care operands
 * hold the parser's values come back equal.
 */

import { CONTEXT_FIELDS, INVALIDATION_KINDS, unreachable } from "../rules/vocabulary.js";
import {
  type Actor,
  ANY,
  CONTEXT_STATE,
  type Command,
  type CommandOf,
  ENTRY,
  NO_DOMAIN,
  RANGE,
  READ,
  WRITE,
} from "./command.js";
import { defaultHost, type Invalidate, pageLetter } from "./language-invalidate.js";

const PERMISSION_WORDS = ["none", "r", "w", "rw"] as const;

/** The canonical text of `command`, one line. */
export function printCommand(command: Command): string {
  switch (command.kind) {
    case "write":
      return `w ${writePlace(command)}=${writeEntry(command)}`;
    case "context":
      return `ctx c${command.context}=${contextEntry(command)}`;
    case "context-field":
      return `ctx c${command.context} ${contextField(command, "=")}`;
    case "invalidate":
      return command.host === defaultHost(kindOf(command))
        ? invalidation(command)
        : `${sender(command)} ${invalidation(command)}`;
    case "fence":
      return "fence";
    case "stage2":
      return `s2 d${command.vm} g${command.page}=${stage2Entry(command)}`;
    case "move":
      return `move d${command.vm} g${command.page}=h${command.target}`;
    case "dma":
      return `dma ${command.access === 1 ? "w" : "r"} ${request(command)}`;
    case "prefetch":
    case "evict":
      return `${command.kind} ${request(command)}`;
    case "walk-start":
      return `walk+ ${request(command)}`;
    case "walk-end":
      return `walk- ${request(command)}`;
    case "execute":
      return `execute ${command.slot}`;
    default:
      return unreachable(command);
  }
}

/** Who does it; `either` for a fence, which does not say. */
export function commandActor(command: Command): Actor {
  switch (command.kind) {
    case "write":
    case "context":
    case "context-field":
      return "guest";
    case "invalidate":
      return sender(command);
    case "fence":
      return "either";
    case "stage2":
    case "move":
      return "host";
    case "dma":
      return "device";
    case "prefetch":
    case "evict":
    case "walk-start":
    case "walk-end":
    case "execute":
      return "hardware";
    default:
      return unreachable(command);
  }
}

/** Actor and action, about 40 characters at most: `guest: g4[0] = leaf g8 rw`. A fence stands alone. */
export function describeCommand(command: Command): string {
  const actor = commandActor(command);
  return actor === "either" ? action(command) : `${actor}: ${action(command)}`;
}

function action(command: Command): string {
  switch (command.kind) {
    case "write":
      return `${writePlace(command)} = ${writeEntry(command)}`;
    case "context":
      return `c${command.context} = ${contextEntry(command)}`;
    case "context-field":
      return `c${command.context} ${contextField(command, " = ")}`;
    case "invalidate":
      return invalidation(command);
    case "fence":
      return "fence";
    case "stage2":
      return `d${command.vm} g${command.page} = ${stage2Entry(command)}`;
    case "move":
      return `move d${command.vm} g${command.page} to h${command.target}`;
    case "dma":
      return `${command.access === 1 ? "write" : "read"} ${request(command)}`;
    case "prefetch":
    case "evict":
      return `${command.kind} ${request(command)}`;
    case "walk-start":
      return `start walk ${request(command)}`;
    case "walk-end":
      return `end walk ${request(command)}`;
    case "execute":
      return `execute pending command ${command.slot}`;
    default:
      return unreachable(command);
  }
}

function writePlace({ vm, page, index }: CommandOf<"write">): string {
  return `${vm === 0 ? "" : `d${vm} `}g${page}[${index}]`;
}

function writeEntry({ entry, target, permission, global }: CommandOf<"write">): string {
  return `${entryText(entry, `g${target}`, permission)}${global === 1 && hasTarget(entry) ? " global" : ""}`;
}

/** A stage-2 leaf is written as its page alone. */
function stage2Entry({ entry, target, permission }: CommandOf<"stage2">): string {
  return entryText(entry, `h${target}`, permission).replace(/^leaf /, "");
}

const hasTarget = (entry: number): boolean => entry !== ENTRY.absent && entry !== ENTRY.malformed;

/** An entry as it is written: `leaf g8 rw`, `table g4`, `-`, `bad`. */
export function entryText(entry: number, target: string, permission: number): string {
  if (!hasTarget(entry)) return entry === ENTRY.malformed ? "bad" : "-";
  const rights = PERMISSION_WORDS[permission];
  if (entry !== ENTRY.table) return `${entry === ENTRY.leaf ? "leaf" : "super"} ${target} ${rights}`;
  return permission === (READ | WRITE) ? `table ${target}` : `table ${target} ${rights}`;
}

function contextEntry({ state, vm, domain, process, root }: CommandOf<"context">): string {
  if (state !== CONTEXT_STATE.present) return state === CONTEXT_STATE.malformed ? "bad" : "-";
  return `(${vm === domain ? "" : `v${vm},`}d${domain},p${process},g${root})`;
}

function contextField({ field, value }: CommandOf<"context-field">, equals: string): string {
  const name = CONTEXT_FIELDS[field]!;
  return `${name}${equals}${{ valid: "", vm: "v", domain: "d", process: "p", root: "g" }[name]}${value}`;
}

const kindOf = (command: Invalidate) => INVALIDATION_KINDS[command.invalidation]!;
const sender = (command: Invalidate): "guest" | "host" => (command.host === 1 ? "host" : "guest");

/** An invalidation without its sender. */
function invalidation(command: Invalidate): string {
  const { domain, process, requester, requesterMask, leaf, level } = command;
  const words = ["inv", kindOf(command)];
  if (domain !== ANY) words.push(domain === NO_DOMAIN ? "d-" : `d${domain}`);
  if (process !== ANY) words.push(`p${process}`);
  if (requester !== ANY) words.push(`c${requester}`);
  if (requester !== ANY && requesterMask !== 0) words.push(`mask=${requesterMask}`);
  words.push(...range(command));
  if (leaf === 1) words.push("leaf");
  if (level !== 0) words.push(`level=${level}`);
  return words.join(" ");
}

/** The address words. Context and PASID caches have no address, so `all` would say nothing there. */
function range(command: Invalidate): string[] {
  const kind = kindOf(command);
  const page = `${pageLetter(kind)}${command.base}`;
  if (command.form === RANGE.mask) return [`base=${page}`, `mask=${command.size}`];
  if (command.form === RANGE.count) return [command.size === 1 ? page : `[${page}+${command.size}]`];
  return kind === "ctx" || kind === "pasid" ? [] : ["all"];
}

const request = ({ context, iova }: { context: number; iova: number }): string => `c${context} i${iova}`;
