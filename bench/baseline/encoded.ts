/**
 * Encoded commands as the baseline's: so that both sides can run the very same sequence.
 *
 * Left out is noise that only a concrete unit with walks in flight sees (walks that other commands split, `execute`).
 */

import { ANY, CONTEXT_STATE, type Command, ENTRY, RANGE } from "../../commands/command.js";
import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import {
  Dma,
  Evict,
  Fence,
  type FieldName,
  Invalidate,
  MovePage,
  Prefetch,
  WriteContext,
  WriteContextField,
  WriteEntry,
  WriteStage2,
} from "./commands.js";
import type { Model, Strategies } from "./model.js";
import { type ContextEntry, type Entry, NO_ENTRY } from "./records.js";

const ENTRY_KINDS = ["absent", "leaf", "super", "table", "malformed"] as const;
const STATES = ["absent", "present", "malformed"] as const;
const FORMS = ["all", "count", "mask"] as const;

/** A command without the properties behind it. */
export interface BaselineCommand {
  apply(model: Model, real: Strategies): void;
}

/** What the baseline makes of a command; null for what it leaves out. */
export function toBaseline(command: Command): BaselineCommand | null {
  switch (command.kind) {
    case "write":
      return new WriteEntry(command.vm, command.page, command.index, entryOf({ ...command }));
    case "stage2":
      return new WriteStage2(command.vm, command.page, entryOf({ ...command, global: 0 }));
    case "move":
      return new MovePage(command.vm, command.page, command.target);
    case "context":
      return new WriteContext(command.context, contextOf({ ...command }));
    case "context-field":
      return new WriteContextField(command.context, CONTEXT_FIELDS[command.field]! as FieldName, command.value);
    case "invalidate":
      return new Invalidate({
        kind: INVALIDATION_KINDS[command.invalidation]!,
        host: command.host === 1,
        domain: given(command.domain),
        process: given(command.process),
        requester: given(command.requester),
        requesterMask: command.requesterMask,
        form: FORMS[command.form]!,
        base: command.form === RANGE.all ? 0 : command.base,
        size: command.form === RANGE.all ? 0 : command.size,
        leaf: command.leaf === 1,
      });
    case "fence":
      return new Fence();
    case "dma":
      return new Dma(command.context, command.iova, command.access === 1 ? "write" : "read");
    case "prefetch":
      return new Prefetch(command.context, command.iova);
    case "evict":
      return new Evict(command.context, command.iova);
    case "walk-start":
    case "walk-end":
    case "execute":
      return null;
  }
}

function given(operand: number): number | null {
  return operand === ANY ? null : operand;
}

function entryOf(written: { entry: number; target: number; permission: number; global: number }): Entry {
  const { entry, target, permission, global } = written;
  const kind = ENTRY_KINDS[entry]!;
  if (entry === ENTRY.absent || entry === ENTRY.malformed) return { ...NO_ENTRY, kind };
  return { kind, target, permission, global: global === 1 };
}

function contextOf(written: {
  state: number;
  vm: number;
  domain: number;
  process: number;
  root: number;
}): ContextEntry {
  const { state, vm, domain, process, root } = written;
  const none = { vm: 0, domain: 0, process: 0, root: 0 };
  return { state: STATES[state]!, ...(state === CONTEXT_STATE.present ? { vm, domain, process, root } : none) };
}
