/**
 * The duties of a run as a list of plain objects, kept by comparing memory before and after each command.
 *
 * From sections 4 and 10 of the design page (Duty, Duties, Global entries, Conflicts); of the project's it uses the rows
 * of transitions and the contexts in conflict, which have tests of their own, and no line of the ledger.
 */

import type { Command } from "../../../commands/command.js";
import { Conflicts } from "../../../models/conflicts.js";
import { CONFLICT } from "../../../models/duty.js";
import type { Machine } from "../../../models/machine.js";
import { EVERYTHING } from "../../../models/recipe.js";
import { contextTransition, entryTransition } from "../../../models/transition.js";
import {
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextVm,
  entryGlobal,
  PRESENT,
  ROLE,
} from "../../../models/values.js";
import { type Scope, TRANSITIONS } from "../../../rules/vocabulary.js";
import { type Due, serves } from "./coverage.js";
import { submit } from "./matching.js";
import { type Meaning, Memory } from "./memory.js";
import { type Passage, passageOf, type Stage2Change, stage2Change } from "./passages.js";

export interface PlainDuty extends Due {
  rule: number;
  /** Taken over from another context. */
  shared: boolean;
  /** The halves of a context entry that changed. */
  upper: boolean;
  lower: boolean;
  pages: readonly number[];
  /** First and last guest page of a stage-2 change. */
  guest: readonly [number, number] | undefined;
  stage: number;
  /** By scope of the stage: the units left. */
  left: readonly ReadonlySet<number>[];
}

type Opened = Omit<PlainDuty, "stage" | "left" | "byGuestPage">;

const isPresent = (entry: number): boolean => contextClass(entry) === PRESENT;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

export class PlainDuties {
  duties: PlainDuty[] = [];
  private conflicts = 0;
  private queued = 0;
  private readonly conflictsOf: Conflicts;
  private readonly contexts: readonly number[];
  private readonly pages: readonly number[];

  constructor(private readonly machine: Machine) {
    const { geometry, world, oracle } = machine;
    this.conflictsOf = new Conflicts(geometry, world, oracle);
    this.contexts = range(0, geometry.contexts - 1);
    this.pages = range(0, geometry.iova.count - 1);
  }

  /** `before`: the state before the machine took the command. */
  stepped(command: Command, before: Int32Array): void {
    if (command.kind === "fence") this.fence();
    else if (command.kind === "invalidate") {
      if (this.queued === 4) this.fence();
      this.queued++;
      const submitted = submit(this.machine.options.architecture, command);
      this.duties = this.duties.map((duty) =>
        this.isHeld(duty) || (command.host === 1 && !this.isHosts(duty.rule)) ? duty : this.served(duty, submitted),
      );
    } else if (this.machine.note.wrote) this.written(command, before);
  }

  /** Pages of a context whose requests some duty affects. */
  unsettled(context: number): number[] {
    const duties = this.duties.filter((duty) => duty.context === context);
    const memory = this.memoryOf(this.machine.state);
    return this.pages.filter((page) => {
      const { guests } = passageOf(memory, memory.contextEntry(context), this.machine.geometry.iova.pages[page]!);
      return duties.some(
        ({ pages, guest }) =>
          pages.includes(page) || (guest !== undefined && guests.some((at) => at >= guest[0] && at <= guest[1])),
      );
    });
  }

  // --- the recipe ---------------------------------------------------------------------------------------------------

  private stagesOf(rule: number): Scope[][] {
    const { architecture, contract } = this.machine.options;
    const stages = rule === CONFLICT ? EVERYTHING : contract.rules[rule]!.stages;
    const has = (scope: Scope): boolean =>
      scope.caches.some((cache) => architecture.caches.some(({ name }) => name === cache));
    return stages.map((stage) => stage.filter(has)).filter((stage) => stage.length > 0);
  }

  private isHosts(rule: number): boolean {
    return rule !== CONFLICT && this.machine.options.contract.rules[rule]!.by === "host";
  }

  private begun(duty: Opened, stage: number): PlainDuty {
    const { guest, pages } = duty;
    const left = this.stagesOf(duty.rule)[stage]!.map((scope) => {
      if (guest !== undefined)
        return new Set(scope.range === "all" ? range(0, this.machine.geometry.guestPages - 1) : range(...guest));
      const units = scope.range === "all" ? this.pages : pages;
      // What lies below the pages in play is owed too.
      return new Set(units.length === 0 ? [0] : units);
    });
    return { ...duty, byGuestPage: guest !== undefined, stage, left };
  }

  private add(opened: Opened): void {
    if (this.stagesOf(opened.rule).length === 0) return;
    const duty = this.begun(opened, 0);
    if (!this.duties.some((other) => keyOf(other) === keyOf(duty))) this.duties.push(duty);
  }

  // --- writes -------------------------------------------------------------------------------------------------------

  private memoryOf(state: Int32Array): Memory {
    return new Memory(this.machine.geometry, this.machine.world, () => state);
  }

  private entriesIn(state: Int32Array): number[] {
    return this.contexts.map((context) => this.memoryOf(state).contextEntry(context));
  }

  private wordsIn(state: Int32Array): Int32Array {
    const { world, geometry } = this.machine;
    return state.subarray(world.memory, world.memory + geometry.hostPages * geometry.pageEntries);
  }

  private written(command: Command, before: Int32Array): void {
    const { state } = this.machine;
    const now = this.entriesIn(state);
    const old = this.entriesIn(before);
    const hasGlobals = this.wordsIn(before).some((word) => entryGlobal(word) === 1);
    const changed = this.contexts.find((context) => old[context] !== now[context]);
    if (changed !== undefined) {
      const torn = this.contextWritten(changed, old, now[changed]!, hasGlobals);
      this.takeOver(changed, now[changed]!);
      if (torn) this.openConflicts(this.owedDomains(changed).add(contextDomain(now[changed]!)), now);
    } else {
      const [was, is] = [this.wordsIn(before), this.wordsIn(state)];
      const stage2 =
        command.kind === "stage2" || command.kind === "move"
          ? stage2Change(this.memoryOf(before), this.memoryOf(state), command.vm, command.page)
          : undefined;
      const word = stage2?.word ?? is.findIndex((now, at) => now !== was[at]);
      this.entryWritten(word, stage2, before, old, hasGlobals);
      if (entryGlobal(this.wordsIn(state)[word]!) === 1) this.markWritten(now);
    }
    this.noteConflicts(now);
  }

  private entryWritten(
    word: number,
    stage2: Stage2Change | undefined,
    before: Int32Array,
    entries: readonly number[],
    global: boolean,
  ): void {
    const [was, is] = [this.memoryOf(before), this.memoryOf(this.machine.state)];
    const { pageEntries, stage1, stage2: guests } = this.machine.geometry;
    const [page, index] = [Math.floor(word / pageEntries), word % pageEntries];
    const raw = [this.wordsIn(before)[word]!, this.wordsIn(this.machine.state)[word]!] as const;
    for (const context of this.contexts) {
      const entry = entries[context]!;
      if (!isPresent(entry)) continue;
      const passages = this.passages(was, context);
      // A table may stand at two depths of one walk: what passes at either is affected by both changes.
      const pages = this.pages.filter((at) => passages[at]!.stage1.includes(word));
      for (const depth of range(0, stage1.levels - 1)) {
        if (!pages.some((at) => passages[at]!.stage1[depth] === word)) continue;
        const old = was.stage1(page, index, depth);
        const rule = entryTransition(1, roleOf(old), roleOf(is.stage1(page, index, depth)), ...raw);
        if (rule < 0) continue;
        const due = { ...oldEntry(old, stage1.levels - 1 - depth), ...tagsOf(entry), ...NO_PARTS, rule, global, pages };
        this.add({ ...due, context, shared: false, guest: undefined });
        for (const other of this.contexts) {
          const tags = entries[other]!;
          if (other === context || !isPresent(tags) || contextDomain(tags) !== contextDomain(entry)) continue;
          if (contextProcess(tags) === contextProcess(entry) || global)
            this.add({ ...due, ...tagsOf(tags), context: other, shared: true, guest: undefined });
        }
      }
      if (stage2?.vm !== contextVm(entry)) continue;
      const old = was.stage2(page, index, stage2.depth);
      const rule = entryTransition(2, roleOf(old), roleOf(is.stage2(page, index, stage2.depth)), ...raw);
      if (rule < 0) continue;
      const through = global ? this.pages : this.pages.filter((at) => passages[at]!.stage2.includes(word));
      const due = { ...oldEntry(old, guests.levels - 1 - stage2.depth), ...tagsOf(entry), ...NO_PARTS };
      this.add({ ...due, rule, global, pages: through, context, shared: false, guest: stage2.guest });
    }
  }

  private passages(memory: Memory, context: number): Passage[] {
    return this.pages.map((page) =>
      passageOf(memory, memory.contextEntry(context), this.machine.geometry.iova.pages[page]!),
    );
  }

  /** Whether the change may leave a context entry half old and half new in the unit. */
  private contextWritten(context: number, entries: readonly number[], now: number, global: boolean): boolean {
    const old = entries[context]!;
    const rule = contextTransition(old, now);
    if (rule < 0) return false;
    const parts = this.changedParts(old, now);
    const torn = this.isTorn(context, old, now, parts);
    const negative = !isPresent(old);
    const due = { ...tagsOf(negative ? now : old), ...parts, rule, global, negative, span: 0, pages: this.pages };
    this.add({ ...due, context, shared: false, guest: undefined });
    if (!global) return torn;
    for (const other of this.contexts) {
      const tags = entries[other]!;
      if (other !== context && isPresent(tags) && contextDomain(tags) === due.domain)
        this.add({ ...due, ...tagsOf(tags), context: other, shared: true, guest: undefined });
    }
    return torn;
  }

  private get keepsHostRoots(): boolean {
    const pasid = this.machine.options.architecture.caches.find(({ name }) => name === "pasid");
    return pasid !== undefined && pasid.pointers !== "guest";
  }

  private changedParts(old: number, now: number): { upper: boolean; lower: boolean } {
    if (!isPresent(old)) return { upper: false, lower: false };
    if (!isPresent(now)) return { upper: true, lower: true };
    const otherVm = contextVm(old) !== contextVm(now);
    const upper = otherVm || contextDomain(old) !== contextDomain(now);
    const otherTable = contextProcess(old) !== contextProcess(now) || contextRoot(old) !== contextRoot(now);
    return { upper, lower: otherTable || (otherVm && this.keepsHostRoots) };
  }

  /** A live entry changes in both halves, or in one while the other is owed; three more cases with host roots. */
  private isTorn(context: number, old: number, now: number, parts: { upper: boolean; lower: boolean }): boolean {
    const { caches } = this.machine.options.architecture;
    const isSplit = caches.some(({ name, fields }) => {
      const said = fields.filter((field) => field !== "valid").length;
      return (name === "context" || name === "pasid") && said > 0 && said < 4;
    });
    if (!isSplit || !isPresent(now)) return false;
    if (parts.upper && parts.lower) return true;
    const made = isPresent(old) ? parts : { upper: true, lower: true };
    return this.duties.some((duty) => {
      const isOwn = duty.context === context;
      const isForeign = duty.domain === contextDomain(now) && duty.vm !== contextVm(now);
      if (this.keepsHostRoots && (isForeign || (isOwn && duty.rule === CONFLICT))) return true;
      if (!isOwn || duty.shared || !isOfContext(duty.rule)) return false;
      return (duty.upper && made.lower) || (duty.lower && made.upper) || (duty.upper && duty.lower);
    });
  }

  /** A mark was written: all open duties are of global entries now, from the beginning of their stage. */
  private markWritten(entries: readonly number[]): void {
    this.duties = this.duties.map((duty) => {
      if (duty.global) return duty;
      const pages = duty.guest === undefined ? duty.pages : this.pages;
      return this.begun({ ...duty, global: true, pages }, duty.stage);
    });
    for (const context of this.contexts) this.takeOver(context, entries[context]!);
  }

  /** A context takes on the duties that are open for its tags. */
  private takeOver(context: number, entry: number): void {
    if (!isPresent(entry)) return;
    for (const duty of [...this.duties]) {
      const sameDomain = duty.domain === contextDomain(entry);
      const sameProcess = duty.process === contextProcess(entry);
      const isStage2 = duty.guest !== undefined;
      const isTaken =
        duty.context === context
          ? isStage2 && !(sameDomain && sameProcess)
          : sameDomain &&
            (sameProcess || isStage2 || duty.global || isOfContext(duty.rule) || duty.vm !== contextVm(entry));
      if (isTaken) this.add({ ...duty, ...tagsOf(entry), vm: duty.vm, context, shared: true });
    }
  }

  // --- conflicts ----------------------------------------------------------------------------------------------------

  noteConflicts(entries: readonly number[]): void {
    const before = this.conflicts;
    const { state } = this.machine;
    const hasGlobals = this.wordsIn(state).some((word) => entryGlobal(word) === 1);
    this.conflicts = this.conflictsOf.mask(state, hasGlobals);
    const met = this.contexts.filter((context) => (this.conflicts & (1 << context)) !== 0);
    for (const context of met) this.openConflict(context, entries[context]!);
    if (!this.keepsHostRoots || (this.conflicts & ~before) === 0) return;
    const own = met.map((context) => contextDomain(entries[context]!));
    const owed = met.flatMap((context) => [...this.owedDomains(context)]);
    this.openConflicts(new Set([...own, ...owed]), entries);
  }

  private openConflict(context: number, entry: number): void {
    const due = { ...tagsOf(entry), ...NO_PARTS, rule: CONFLICT, global: true, negative: false, span: 0 };
    this.add({ ...due, pages: this.pages, context, shared: false, guest: undefined });
  }

  private openConflicts(domains: ReadonlySet<number>, entries: readonly number[]): void {
    for (const context of this.contexts) {
      const entry = entries[context]!;
      const met = [contextDomain(entry), ...(this.keepsHostRoots ? this.owedDomains(context) : [])];
      if (isPresent(entry) && met.some((domain) => domains.has(domain))) this.openConflict(context, entry);
    }
  }

  private owedDomains(context: number): Set<number> {
    return new Set(this.duties.filter((duty) => duty.context === context).map(({ domain }) => domain));
  }

  private isHeld(duty: PlainDuty): boolean {
    return duty.rule === CONFLICT && (this.conflicts & (1 << duty.context)) !== 0;
  }

  // --- invalidations and fences -------------------------------------------------------------------------------------

  private served(duty: PlainDuty, submitted: ReturnType<typeof submit>): PlainDuty {
    const scopes = this.stagesOf(duty.rule)[duty.stage]!;
    const left = duty.left.map(
      (units, scope) =>
        new Set([...units].filter((at) => !serves(this.machine.unit, submitted, duty, scopes[scope]!, at))),
    );
    return { ...duty, left };
  }

  private fence(): void {
    this.queued = 0;
    this.duties = this.duties.flatMap((duty) => {
      const waits = this.duties.some((other) => other !== duty && this.waitsFor(duty, other));
      if (!this.isCovered(duty) || waits) return [duty];
      return duty.stage + 1 < this.stagesOf(duty.rule).length ? [this.begun(duty, duty.stage + 1)] : [];
    });
  }

  private isCovered(duty: PlainDuty): boolean {
    return !this.isHeld(duty) && duty.left.every((units) => units.size === 0);
  }

  /** Whether a duty may not end its stage because of another one. */
  private waitsFor(duty: PlainDuty, other: PlainDuty): boolean {
    if (duty.context === other.context || duty.domain !== other.domain) return false;
    const mayShareRoot = this.keepsHostRoots && duty.process === other.process;
    if (other.rule !== CONFLICT) {
      if (duty.guest !== undefined && isOfContext(other.rule) && mayShareRoot) return true;
      if (duty.rule === CONFLICT && !other.shared && (other.global || isOfContext(other.rule))) return true;
    }
    if (duty.rule !== other.rule) return false;
    const together =
      duty.rule === CONFLICT ||
      (duty.shared && !other.shared) ||
      (duty.guest !== undefined && (duty.global || mayShareRoot));
    return together && (other.stage < duty.stage || (other.stage === duty.stage && !this.isCovered(other)));
  }
}

const NO_PARTS = { upper: false, lower: false };

const tagsOf = (entry: number): { vm: number; domain: number; process: number } => ({
  vm: contextVm(entry),
  domain: contextDomain(entry),
  process: contextProcess(entry),
});

const isOfContext = (rule: number): boolean => rule === CONFLICT || TRANSITIONS[rule]!.stage === 0;

function oldEntry({ what }: Meaning, span: number): { negative: boolean; span: number } {
  return { negative: what === "absent" || what === "malformed", span: what === "leaf" ? span : 0 };
}

function roleOf({ what }: Meaning): number {
  return ROLE[what];
}

/** Everything that tells one duty from another. */
function keyOf({ left, pages, ...rest }: PlainDuty): string {
  const entries = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([entries, pages, left.map((units) => [...units])]);
}
