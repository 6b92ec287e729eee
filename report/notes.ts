/**
 * Remarks on a step that did nothing, or less than it looks: why a write was a no-op, what an invalidation was for.
 */

import type { Command } from "../commands/command.js";
import { manualName } from "../commands/manual.js";
import { pagePosition } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import { QUEUE_DEPTH } from "../models/queue.js";
import { PRESENT } from "../models/values.js";

/** What must be known from before the step. */
export interface Before {
  pending: number;
  superfluous: number;
}

export function before({ queue, state, ledger }: Machine): Before {
  return { pending: queue.count(state), superfluous: ledger.superfluous };
}

/** Remarks on `command`, which `machine` has just done. */
export function notesOn(machine: Machine, command: Command, was: Before): string[] {
  switch (command.kind) {
    case "write":
    case "context":
    case "context-field":
    case "stage2":
    case "move":
      return machine.note.wrote ? [] : [`no effect: ${whyNoWrite(machine, command)}`];
    case "invalidate":
      return invalidationNotes(machine, command, was);
    case "fence":
      return was.pending === 0 ? ["nothing was pending"] : [];
    case "execute":
      if (machine.hardware === null) return ["no effect: hardware does not run here"];
      return command.slot < was.pending ? [] : ["no effect: there is no such pending command"];
    case "dma":
      return outside(machine, command);
    case "evict": {
      const drops = machine.hardware !== null || machine.options.shadow?.evicts === true;
      return drops ? outside(machine, command) : ["no effect: nothing that runs here evicts"];
    }
    case "prefetch":
    case "walk-start":
    case "walk-end":
      return machine.hardware === null ? ["no effect: hardware does not run here"] : outside(machine, command);
  }
}

function outside({ geometry }: Machine, { context, iova }: { context: number; iova: number }): string[] {
  if (context >= geometry.contexts) return [`no effect: there are contexts c0 to c${geometry.contexts - 1}`];
  return pagePosition(geometry.iova, iova) >= 0 ? [] : [`no effect: i${iova} lies outside the geometry`];
}

function invalidationNotes(machine: Machine, command: Command & { kind: "invalidate" }, was: Before): string[] {
  const { unit, ledger, queue, state } = machine;
  const notes: string[] = [];
  if (was.pending === QUEUE_DEPTH) notes.push("the queue was full: a fence went before");
  const rule = unit.commands[command.invalidation]!;
  const pending = queue.pending[queue.count(state) - 1]!;
  if (!rule.known) notes.push("no effect: the architecture has no such command");
  else if (pending.rules.every((rules) => rules.length === 0)) {
    notes.push(`no effect: with these operands ${manualName(unit.architecture.commands, command)} removes nothing`);
  } else if (ledger.superfluous > was.superfluous) notes.push("nothing that is owed needs it");
  return notes;
}

type Writing = Extract<Command, { kind: "write" | "context" | "context-field" | "stage2" | "move" }>;

function whyNoWrite(machine: Machine, command: Writing): string {
  const { geometry, state, world } = machine;
  const { limits } = geometry;
  if ("vm" in command && command.kind !== "context" && command.vm >= limits.vms) return `there is no VM ${command.vm}`;
  if ("page" in command && command.page >= limits.guestPages) return `g${command.page} lies outside the geometry`;
  switch (command.kind) {
    case "write": {
      if (command.index >= limits.entries) return `a table has entries 0 to ${limits.entries - 1}`;
      const host = world.translate(state, command.vm, command.page);
      if ((host & 3) !== PRESENT) return `g${command.page} is not mapped in stage 2`;
      return ((host >> 2) & 2) === 0 ? `g${command.page} may not be written in stage 2` : SAME;
    }
    case "context":
    case "context-field":
      if (command.context >= limits.contexts) return `there are contexts c0 to c${limits.contexts - 1}`;
      return "the entry is so already, or a tag or root lies outside the geometry";
    case "stage2":
      return "the entry is so already, or no table leads to it";
    case "move":
      return "the page is not mapped by itself, or the target is in use";
  }
}

const SAME = "the entry is so already";
