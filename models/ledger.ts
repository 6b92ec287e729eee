/**
 * The duties a run has open, by the contract in force, and so which requests are settled.
 *
 * Follows the design page, section 4 (Duty). A write opens one duty for each context whose requests it affects: those
 * whose walk passes through the entry, and those that share the tags under which results were cached. A stage-2 change
 * opens one for every context of the VM, since a cache may hold what no walk needs at the moment. A duty carries the
 * tags as they were before the write and, for each scope of its current stage, the units (pages) still to be covered:
 * a command covers what the architecture's own rules would remove. At a fence a stage with nothing left gives way to
 * the next.
 *
 * One thing is not in any contract: two contexts that use the same tags for different tables. Caches may then mix them
 * whatever is invalidated, so their requests are unsettled until that has ended and everything was invalidated once.
 */

import { CACHE_NAMES, type Contract, TRANSITIONS } from "../rules/vocabulary.js";
import { Conflicts } from "./conflicts.js";
import { Covering } from "./covering.js";
import { CONFLICT, DUTY, type Duties, FLAG, SPAN_SHIFT } from "./duty.js";
import type { Geometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import type { Oracle } from "./oracle.js";
import type { Pending } from "./queue.js";
import { Reach } from "./reach.js";
import { type CompiledScope, compileRecipe, EVERYTHING, type Recipe } from "./recipe.js";
import { contextTransition, entryTransition, NO_TRANSITION } from "./transition.js";
import { CACHE, type Unit, type UnitCache } from "./unit.js";
import {
  CONTEXT_FIELDS_MASK,
  CONTEXT_MASKS,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextVm,
  entryGlobal,
  entryRole,
  PRESENT,
  ROLE,
} from "./values.js";
import type { Change, World } from "./world.js";

const CAPACITY = 96;

export class Ledger implements Duties {
  /** Recipes by transition, then that of a conflict; scopes on absent caches are left out. */
  readonly recipes: readonly Recipe[];
  /** Words of a page mask. */
  readonly words: number;
  readonly record: number;
  private readonly duties: number;
  private readonly conflicts: number;
  /** Words of memory that are marked global. */
  private readonly globals: number;
  /** Some cache keeps a part of context entries, which a unit may combine with another's part, or with memory's. */
  private readonly splitDirectory: boolean;
  /** Where roots may be kept already translated by stage 2. */
  private readonly hostRoots: boolean;
  private readonly unsettledAt: number;
  readonly reach: Reach;
  private readonly covering: Covering;
  private readonly conflictsOf: Conflicts;
  private readonly unitWords: number;
  /** Pages whose walk passes through the word being changed, and in which roles, by context. */
  readonly passes: Int32Array;
  private readonly roles: Int32Array;
  /** Set when a capacity was reached: the run says nothing from here on. */
  overflowed = false;
  /** Transition opened or passed (with recipe `none`) by the last command, for coverage; -1 if none. */
  lastTransition = NO_TRANSITION;
  /** Invalidations that served no duty, since the reset. */
  superfluous = 0;
  /** Duties that the last step's fence closed. */
  closedDuties = 0;

  constructor(
    layout: Layout,
    private readonly geometry: Geometry,
    unit: Unit,
    private readonly contract: Contract,
    private readonly world: World,
    private readonly oracle: Oracle,
  ) {
    this.words = (geometry.iova.count + 31) >> 5;
    this.unitWords = Math.max(this.words, (geometry.guestPages + 31) >> 5);
    this.recipes = [...contract.rules.map((rule) => compileRecipe(rule.stages, unit)), compileRecipe(EVERYTHING, unit)];
    const scopes = Math.max(1, ...this.recipes.flatMap((recipe) => recipe.map((stage) => stage.length)));
    this.record = DUTY.pages + this.words + scopes * this.unitWords;
    this.duties = layout.bag("ledger.duties", CAPACITY, this.record, this.record);
    this.conflicts = layout.plain("ledger.conflicts", 1);
    this.globals = layout.plain("ledger.globals", 1);
    const directories = [CACHE.context, CACHE.pasid]
      .map((cache) => unit.caches[cache]!)
      .filter(({ present }) => present);
    this.splitDirectory = directories.some(holdsSome);
    this.hostRoots = unit.caches[CACHE.pasid]!.present && unit.caches[CACHE.pasid]!.hostPointers;
    this.reach = new Reach(layout, geometry, world, this);
    this.covering = new Covering(geometry, unit, this.unitWords);
    this.conflictsOf = new Conflicts(geometry, world, oracle);
    this.unsettledAt = layout.derived("ledger.unsettled", geometry.contexts * this.words);
    this.passes = new Int32Array(geometry.contexts * this.words);
    this.roles = new Int32Array(geometry.contexts);
  }

  reset(state: Int32Array): void {
    state[this.duties] = 0;
    state[this.conflicts] = 0;
    state[this.globals] = 0;
    this.overflowed = false;
    this.superfluous = 0;
    this.reach.reset(state);
    this.reload(state);
    state[this.conflicts] = this.conflictsOf.mask(state, state[this.globals] !== 0);
    for (let context = 0; context < this.geometry.contexts; context++) {
      if ((state[this.conflicts]! & (1 << context)) !== 0) this.openConflict(state, context);
    }
    this.settle(state);
  }

  /** Computes again what is derived from the state, after it was replaced. */
  reload(state: Int32Array): void {
    this.overflowed = false;
    this.reach.refreshMapped(state);
    this.settle(state);
  }

  /** The start state is back, and so is what is computed from it. */
  restart(): void {
    this.overflowed = false;
    this.superfluous = 0;
  }

  /** As `reload`, where what is unsettled was replaced with the state. */
  rewound(state: Int32Array, hasWritten: boolean): void {
    this.overflowed = false;
    if (hasWritten) this.reach.refreshMapped(state);
  }

  dutyCount(state: Int32Array): number {
    return state[this.duties]!;
  }

  /** Field of an open duty; see `DUTY`. */
  duty(state: Int32Array, number: number, field: number): number {
    return state[this.duties + 1 + number * this.record + field]!;
  }

  /** Whether some open duty affects the request's context and page. */
  isUnsettled(state: Int32Array, context: number, page: number): boolean {
    return ((state[this.unsettledAt + context * this.words + (page >> 5)]! >>> (page & 31)) & 1) === 1;
  }

  /** The page mask of unsettled requests of a context. */
  unsettledWord(state: Int32Array, context: number, word: number): number {
    return state[this.unsettledAt + context * this.words + word]!;
  }

  // --- for searches ---------------------------------------------------------------------------------------------

  /** Where the record of a duty begins in the state. */
  recordAt(number: number): number {
    return this.duties + 1 + number * this.record;
  }

  /** Words of a duty's record that hold its units, all scopes together. */
  get unitsAt(): number {
    return DUTY.pages + this.words;
  }

  /** Gives a duty the number of another rule that owes the same. */
  renameRule(state: Int32Array, number: number, rule: number): void {
    state[this.recordAt(number) + DUTY.rule] = rule;
  }

  /** Forgets a duty; the last one takes its number. */
  forget(state: Int32Array, number: number): void {
    const last = --state[this.duties]!;
    const from = this.recordAt(last);
    state.copyWithin(this.recordAt(number), from, from + this.record);
    state.fill(0, from, from + this.record);
  }

  // --- writes ---------------------------------------------------------------------------------------------------

  /** Before a planned change is applied: finds the affected walks and opens the duties. */
  open(state: Int32Array, change: Change): void {
    this.lastTransition = NO_TRANSITION;
    if (change.kind === "context") this.openContext(state, change);
    else this.openEntry(state, change);
  }

  /** After the change was applied and the oracle has walked again. */
  opened(state: Int32Array, change: Change): void {
    if (change.kind === "context") {
      this.inherit(state, change.at);
      this.noteTear(state, change);
    } else this.noteGlobals(state, change);
    // Entry writes count too: global marks may have come to differ.
    this.noteConflicts(state);
    if (change.vm >= 0) this.reach.refreshMapped(state);
    this.settle(state);
  }

  private openContext(state: Int32Array, change: Change): void {
    const rule = contextTransition(change.old, change.new);
    this.lastTransition = rule;
    this.torn = false;
    if (rule === NO_TRANSITION) return;
    const parts = this.changedParts(change);
    this.torn = this.tears(state, change, parts);
    // An entry that was not present has no tags of its own: what may be cached is tagged by what it becomes.
    const tagged = contextClass(change.old) === PRESENT ? change.old : change.new;
    const old = contextClass(change.old) !== PRESENT;
    const pages = this.contextPages;
    pages.fill(-1);
    const flags = this.globalFlag(state) | (old ? FLAG.negative : 0) | parts;
    this.add(state, rule, change.at, tagged, flags, pages, 0, -1, -1);
    if ((flags & FLAG.global) !== 0) this.addAliases(state, rule, change.at, tagged, flags, pages, 0);
  }

  /**
   * Counts global marks. Where one is written while duties are open, walks by stale paths may meet it and leave results
   * for every context of the domain, which all take over those duties.
   */
  private noteGlobals(state: Int32Array, change: Change): void {
    if (change.copyFrom < 0) state[this.globals]! += entryGlobal(change.new) - entryGlobal(change.old);
    else state[this.globals] = this.countGlobals(state);
    if (entryGlobal(change.new) === 0) return;
    const count = state[this.duties]!;
    for (let number = 0; number < count; number++) {
      const at = this.duties + 1 + number * this.record;
      if (this.hasFlag(state, number, FLAG.global)) continue;
      state[at + DUTY.flags]! |= FLAG.global;
      if (state[at + DUTY.firstGuestPage]! >= 0) {
        for (let word = 0; word < this.words; word++) state[at + DUTY.pages + word] = this.pageMask(word);
      }
      // What was covered so far need not have reached global entries.
      this.begin(state, at, state[at + DUTY.stage]!);
    }
    for (let context = 0; context < this.geometry.contexts; context++) this.inherit(state, context);
  }

  private countGlobals(state: Int32Array): number {
    const { memory } = this.world;
    let count = 0;
    const end = memory + this.geometry.hostPages * this.geometry.pageEntries;
    for (let word = memory; word < end; word++) count += entryGlobal(state[word]!);
    return count;
  }

  /**
   * The parts of a context entry that a change leaves in two versions, as `FLAG` bits: the upper one (VM, domain) and
   * the lower one (process, root). An entry that is not present is kept by its class alone and mixes with nothing.
   */
  private changedParts(change: Change): number {
    if (contextClass(change.old) !== PRESENT) return 0;
    if (contextClass(change.new) !== PRESENT) return FLAG.upper | FLAG.lower;
    const { old, new: now } = change;
    const vm = contextVm(old) !== contextVm(now);
    const upper = vm || contextDomain(old) !== contextDomain(now);
    // A root that is kept as a host page is stale with the VM.
    const moved = vm && this.hostRoots;
    const lower = moved || contextProcess(old) !== contextProcess(now) || contextRoot(old) !== contextRoot(now);
    return (upper ? FLAG.upper : 0) | (lower ? FLAG.lower : 0);
  }

  /**
   * Whether the unit may come to use one half of a context entry old and the other new, by a change that leaves `parts`
   * in two versions: it changes both at once, or one while an older change of the other is owed. Where roots are kept
   * as host pages, so it may when the entry takes a domain in which results of another VM are still owed, or changes
   * while its tags' conflict is.
   */
  private tears(state: Int32Array, change: Change, parts: number): boolean {
    if (!this.splitDirectory || contextClass(change.new) !== PRESENT) return false;
    if (parts === (FLAG.upper | FLAG.lower)) return true;
    // An entry made present brings two new halves.
    const fresh = contextClass(change.old) === PRESENT ? parts : FLAG.upper | FLAG.lower;
    for (let number = 0; number < state[this.duties]!; number++) {
      const own = this.duty(state, number, DUTY.context) === change.at;
      const foreign =
        this.duty(state, number, DUTY.domain) === contextDomain(change.new) &&
        this.duty(state, number, DUTY.vm) !== contextVm(change.new);
      const mixed = own && this.duty(state, number, DUTY.rule) === CONFLICT;
      if (this.hostRoots && (foreign || mixed)) return true;
      if (!own || this.hasFlag(state, number, FLAG.shared)) continue;
      if (!this.isContextRule(state, number)) continue;
      const older = this.duty(state, number, DUTY.flags) & (FLAG.upper | FLAG.lower);
      if (older !== 0 && (older | fresh) === (FLAG.upper | FLAG.lower)) return true;
    }
    return false;
  }

  /**
   * The mixture leaves results under tags that no rule names, so it is treated as a conflict of tags.
   */
  private noteTear(state: Int32Array, change: Change): void {
    if (!this.torn) return;
    this.openConflicts(state, this.reach.owedDomains(state, change.at) | (1 << contextDomain(change.new)));
  }

  /** Opens a conflict for all who use one of `domains` or, where roots are kept as host pages, still owe for one. */
  private openConflicts(state: Int32Array, domains: number): void {
    for (let context = 0; context < this.geometry.contexts; context++) {
      const entry = state[this.world.contexts + context]!;
      if (contextClass(entry) !== PRESENT) continue;
      const own = 1 << contextDomain(entry);
      const met = this.hostRoots ? own | this.reach.owedDomains(state, context) : own;
      if ((domains & met) !== 0) this.openConflict(state, context);
    }
  }
  /** Whether the context change that is being made tears its entry. */
  private torn = false;

  private isContextRule(state: Int32Array, number: number): boolean {
    const rule = this.duty(state, number, DUTY.rule);
    return rule === CONFLICT || TRANSITIONS[rule]!.stage === 0;
  }

  private readonly contextPages: Int32Array = new Int32Array(256);

  private openEntry(state: Int32Array, change: Change): void {
    this.findPasses(change.at);
    const { geometry } = this;
    for (let context = 0; context < geometry.contexts; context++) {
      const entry = state[this.world.contexts + context]!;
      if (contextClass(entry) !== PRESENT) continue;
      for (let depth = 0; depth < geometry.stage1.levels; depth++) {
        if ((this.roles[context]! & (1 << depth)) !== 0) this.openStage1(state, change, context, entry, depth);
      }
      if (change.vm === contextVm(entry)) this.openStage2(state, change, context, entry);
    }
  }

  private openStage1(state: Int32Array, change: Change, context: number, entry: number, depth: number): void {
    const { geometry } = this;
    const span = geometry.stage1.levels - 1 - depth;
    const pages = geometry.iova.spanPages[span]!;
    const oldRole = entryRole(change.old, span, pages, geometry.guestPages);
    const newRole = entryRole(change.new, span, pages, geometry.guestPages);
    const rule = entryTransition(1, oldRole, newRole, change.old, change.new);
    this.lastTransition = rule;
    if (rule === NO_TRANSITION || this.recipes[rule]!.length === 0) return;
    const flags = this.globalFlag(state) | oldEntryFlags(oldRole, span);
    const at = context * this.words;
    this.add(state, rule, context, entry, flags, this.passes, at, -1, -1);
    this.addAliases(state, rule, context, entry, flags, this.passes, at);
  }

  /** The same duty for contexts that use the same tags: they hit what this one's walks left behind. */
  private addAliases(
    state: Int32Array,
    rule: number,
    context: number,
    entry: number,
    flags: number,
    pages: Int32Array,
    at: number,
  ): void {
    for (let other = 0; other < this.geometry.contexts; other++) {
      const tags = state[this.world.contexts + other]!;
      if (other === context || contextClass(tags) !== PRESENT || contextDomain(tags) !== contextDomain(entry)) continue;
      if (contextProcess(tags) !== contextProcess(entry) && (flags & FLAG.global) === 0) continue;
      this.add(state, rule, other, tags, flags | FLAG.shared, pages, at, -1, -1);
    }
  }

  private openStage2(state: Int32Array, change: Change, context: number, entry: number): void {
    const { geometry } = this;
    const span = geometry.stage2.levels - 1 - change.depth;
    const pages = geometry.guest.spanPages[span]!;
    const oldRole = entryRole(change.old, span, pages, geometry.hostPages);
    const newRole = entryRole(change.new, span, pages, geometry.hostPages);
    const rule = entryTransition(2, oldRole, newRole, change.old, change.new);
    this.lastTransition = rule;
    if (rule === NO_TRANSITION || this.recipes[rule]!.length === 0) return;
    const flags = this.globalFlag(state) | oldEntryFlags(oldRole, span);
    // By a stale stage-2 entry any page may come to a global leaf, and leave it to the whole domain.
    const isWide = (flags & FLAG.global) !== 0;
    if (isWide) this.contextPages.fill(-1);
    const affected = isWide ? this.contextPages : this.passes;
    const at = isWide ? 0 : context * this.words;
    this.add(state, rule, context, entry, flags, affected, at, change.firstGuestPage, change.lastGuestPage);
  }

  /** Marks the walks that pass through `word`, and the roles in which they do. */
  findPasses(word: number): void {
    const { oracle, geometry, passes, roles } = this;
    const { count } = geometry.iova;
    const { footprint, footprintRoom } = oracle;
    passes.fill(0);
    roles.fill(0);
    for (let context = 0; context < geometry.contexts; context++) {
      for (let page = 0; page < count; page++) {
        const from = (context * count + page) * footprintRoom;
        const to = from + footprint[from]!;
        for (let at = from + 1; at <= to; at++) {
          const mark = footprint[at]!;
          if (mark >> 3 !== word) continue;
          passes[context * this.words + (page >> 5)]! |= 1 << (page & 31);
          roles[context]! |= 1 << (mark & 7);
        }
      }
    }
  }

  /** 1 if any entry in memory is marked global: while a duty is open stale paths may lead to it. */
  private globalFlag(state: Int32Array): number {
    return state[this.globals] === 0 ? 0 : FLAG.global;
  }

  /** Adds a duty unless its recipe is `none` or the same one has not begun. */
  private add(
    state: Int32Array,
    rule: number,
    context: number,
    tags: number,
    flags: number,
    pages: Int32Array,
    pagesAt: number,
    firstGuestPage: number,
    lastGuestPage: number,
    vm = contextVm(tags),
  ): void {
    if (this.recipes[rule]!.length === 0) return;
    const count = state[this.duties]!;
    if (count >= CAPACITY) {
      this.overflowed = true;
      return;
    }
    const at = this.duties + 1 + count * this.record;
    state.fill(0, at, at + this.record);
    state[at + DUTY.rule] = rule;
    state[at + DUTY.context] = context;
    state[at + DUTY.vm] = vm;
    state[at + DUTY.domain] = contextDomain(tags);
    state[at + DUTY.process] = contextProcess(tags);
    state[at + DUTY.flags] = flags;
    state[at + DUTY.firstGuestPage] = firstGuestPage;
    state[at + DUTY.lastGuestPage] = lastGuestPage;
    for (let word = 0; word < this.words; word++)
      state[at + DUTY.pages + word] = pages[pagesAt + word]! & this.pageMask(word);
    this.begin(state, at, 0);
    for (let other = 0; other < count; other++)
      if (this.equalDuty(state, at, this.duties + 1 + other * this.record)) return;
    state[this.duties] = count + 1;
  }

  private pageMask(word: number): number {
    const bits = this.geometry.iova.count - word * 32;
    return bits >= 32 ? -1 : (1 << bits) - 1;
  }

  private equalDuty(state: Int32Array, a: number, b: number): boolean {
    for (let field = 0; field < this.record; field++) if (state[a + field] !== state[b + field]) return false;
    return true;
  }

  /** Starts stage `stage` of a duty: everything in its scopes is to be covered. */
  private begin(state: Int32Array, at: number, stage: number): void {
    state[at + DUTY.stage] = stage;
    const units = at + DUTY.pages + this.words;
    state.fill(0, units, at + this.record);
    const scopes = this.recipes[state[at + DUTY.rule]!]![stage]!;
    for (let scope = 0; scope < scopes.length; scope++) {
      this.fillUnits(state, at, units + scope * this.unitWords, scopes[scope]!);
    }
  }

  private fillUnits(state: Int32Array, at: number, into: number, scope: CompiledScope): void {
    if (state[at + DUTY.firstGuestPage]! >= 0) {
      const first = scope.all ? 0 : state[at + DUTY.firstGuestPage]!;
      const last = scope.all ? this.geometry.guestPages - 1 : state[at + DUTY.lastGuestPage]!;
      for (let page = first; page <= last; page++) {
        state[into + (page >> 5)]! |= 1 << (page & 31);
      }
      return;
    }
    for (let word = 0; word < this.words; word++) {
      state[into + word] = scope.all ? this.pageMask(word) : state[at + DUTY.pages + word]!;
    }
    // A change below the pages in play still owes something: one unit stands for it.
    let any = 0;
    for (let word = 0; word < this.words; word++) any |= state[into + word]!;
    if (any === 0) state[into] = 1;
  }

  /**
   * A context that takes tags for which a duty is open takes over the duty, from its beginning; so does one that
   * changes its own tags while a stage-2 change is owed.
   */
  private inherit(state: Int32Array, context: number): void {
    const tags = state[this.world.contexts + context]!;
    if (contextClass(tags) !== PRESENT) return;
    const count = state[this.duties]!;
    for (let number = 0; number < count; number++) {
      if (!this.isInherited(state, number, context, tags)) continue;
      const at = this.duties + 1 + number * this.record;
      for (let word = 0; word < this.words; word++) this.contextPages[word] = state[at + DUTY.pages + word]!;
      this.add(
        state,
        state[at + DUTY.rule]!,
        context,
        tags,
        state[at + DUTY.flags]! | FLAG.shared,
        this.contextPages,
        0,
        state[at + DUTY.firstGuestPage]!,
        state[at + DUTY.lastGuestPage]!,
        state[at + DUTY.vm]!,
      );
    }
  }

  private isInherited(state: Int32Array, number: number, context: number, tags: number): boolean {
    const sameDomain = this.duty(state, number, DUTY.domain) === contextDomain(tags);
    const sameProcess = this.duty(state, number, DUTY.process) === contextProcess(tags);
    const isStage2 = this.duty(state, number, DUTY.firstGuestPage) >= 0;
    if (this.duty(state, number, DUTY.context) === context) return isStage2 && !(sameDomain && sameProcess);
    if (!sameDomain) return false;
    const global = (this.duty(state, number, DUTY.flags) & FLAG.global) !== 0;
    return (
      sameProcess ||
      global ||
      isStage2 ||
      this.isContextRule(state, number) ||
      this.duty(state, number, DUTY.vm) !== contextVm(tags)
    );
  }

  // --- conflicts of tags ----------------------------------------------------------------------------------------

  /** Opens a duty for each context in conflict; one that is open stays at its beginning while the conflict lasts. */
  private noteConflicts(state: Int32Array): void {
    const before = state[this.conflicts]!;
    const now = this.conflictsOf.mask(state, state[this.globals] !== 0);
    state[this.conflicts] = now;
    if (now === 0 && before === 0) return;
    let domains = 0;
    for (let context = 0; context < this.geometry.contexts; context++) {
      if ((now & (1 << context)) === 0) continue;
      this.openConflict(state, context);
      domains |= 1 << contextDomain(state[this.world.contexts + context]!);
      // A root that it keeps as a host page now may be walked from by its old entry, under the tags of that.
      if (this.hostRoots) domains |= this.reach.owedDomains(state, context);
    }
    // One that left such a domain may take a root along that it kept as a host page.
    if ((now & ~before) !== 0 && this.hostRoots) this.openConflicts(state, domains);
  }

  private openConflict(state: Int32Array, context: number): void {
    this.contextPages.fill(-1);
    this.add(state, CONFLICT, context, state[this.world.contexts + context]!, 1, this.contextPages, 0, -1, -1);
  }

  // --- invalidations --------------------------------------------------------------------------------------------

  /** Credits a submitted invalidation to every duty whose current stage it serves. */
  submit(state: Int32Array, pending: Pending): void {
    let useful = false;
    const count = state[this.duties]!;
    for (let number = 0; number < count; number++) {
      const at = this.duties + 1 + number * this.record;
      if (this.heldBack(state, at)) continue;
      // What the guest owes the guest must send: a host's own command is not heard by a shadow.
      if (pending.host && !this.byHost(state, number)) continue;
      const scopes = this.recipes[state[at + DUTY.rule]!]![state[at + DUTY.stage]!]!;
      for (let scope = 0; scope < scopes.length; scope++) {
        const units = at + DUTY.pages + this.words + scope * this.unitWords;
        if (this.covering.cover(state, at, units, scopes[scope]!, pending)) useful = true;
      }
    }
    if (!useful) this.superfluous++;
  }

  /** The first scope of a duty's current stage that is not covered, or -1 if only a fence is missing. */
  openScope(state: Int32Array, number: number): number {
    const at = this.duties + 1 + number * this.record;
    const scopes = this.recipes[state[at + DUTY.rule]!]![state[at + DUTY.stage]!]!;
    for (let scope = 0; scope < scopes.length; scope++) {
      const units = at + DUTY.pages + this.words + scope * this.unitWords;
      for (let word = 0; word < this.unitWords; word++) if (state[units + word] !== 0) return scope;
    }
    return -1;
  }

  /** First and last unit of a scope that is not covered yet: page positions, or guest pages of a stage-2 duty. */
  openUnits(state: Int32Array, number: number, scope: number): [number, number] {
    const units = this.duties + 1 + number * this.record + DUTY.pages + this.words + scope * this.unitWords;
    let first = -1;
    let last = 0;
    for (let unit = 0; unit < this.unitWords * 32; unit++) {
      if (((state[units + (unit >> 5)]! >>> (unit & 31)) & 1) === 0) continue;
      if (first < 0) first = unit;
      last = unit;
    }
    return [Math.max(0, first), last];
  }

  /** Whether `pending` alone would cover all that is left of a scope. */
  wouldCover(state: Int32Array, number: number, scope: number, pending: Pending): boolean {
    const at = this.duties + 1 + number * this.record;
    const units = at + DUTY.pages + this.words + scope * this.unitWords;
    const scopes = this.recipes[state[at + DUTY.rule]!]![state[at + DUTY.stage]!]!;
    return this.covering.coversAll(state, at, units, scopes[scope]!, pending);
  }

  /** Whether the host owes a duty, not the guest. */
  byHost(state: Int32Array, number: number): boolean {
    const rule = this.duty(state, number, DUTY.rule);
    return rule === CONFLICT ? false : this.contract.rules[rule]!.by === "host";
  }

  /** Whether no command serves a duty yet: the conflict that it will end goes on. */
  isHeldBack(state: Int32Array, number: number): boolean {
    return this.heldBack(state, this.duties + 1 + number * this.record);
  }

  private heldBack(state: Int32Array, at: number): boolean {
    return state[at + DUTY.rule] === CONFLICT && (state[this.conflicts]! & (1 << state[at + DUTY.context]!)) !== 0;
  }

  /** A fence: stages with nothing left to cover give way to the next; duties without a next stage are done. */
  fence(state: Int32Array): void {
    const count = state[this.duties]!;
    if (count === 0) return;
    for (let number = 0; number < count; number++) {
      const at = this.duties + 1 + number * this.record;
      // Marked first, moved on after: a group is judged as it stood before the fence.
      this.moves[number] = this.stageDone(state, at) && this.groupDone(state, number) ? 1 : 0;
    }
    let kept = 0;
    for (let number = 0; number < count; number++) {
      const at = this.duties + 1 + number * this.record;
      if (this.moves[number] === 1) {
        const next = state[at + DUTY.stage]! + 1;
        if (next >= this.recipes[state[at + DUTY.rule]!]!.length) continue;
        this.begin(state, at, next);
      }
      if (kept !== number) state.copyWithin(this.duties + 1 + kept * this.record, at, at + this.record);
      kept++;
    }
    state.fill(0, this.duties + 1 + kept * this.record, this.duties + 1 + count * this.record);
    state[this.duties] = kept;
    this.closedDuties += count - kept;
    this.settle(state);
  }
  private readonly moves = new Int8Array(CAPACITY);

  /**
   * A duty that was taken over (shared tags, global entries) ends a stage no sooner than the one it was taken over
   * from, and those of a conflict end theirs together: what the other still has cached would bring back what was
   * cleared.
   */
  private groupDone(state: Int32Array, number: number): boolean {
    const count = state[this.duties]!;
    for (let other = 0; other < count; other++) {
      if (other === number) continue;
      if (this.endsAfter(state, number, other)) return false;
      if (!this.waitsFor(state, number, other)) continue;
      const at = this.duties + 1 + other * this.record;
      const stage = state[at + DUTY.stage]!;
      const own = this.duty(state, number, DUTY.stage);
      if (stage < own || (stage === own && !this.stageDone(state, at))) return false;
    }
    return true;
  }

  /**
   * Whether duty `a` must keep pace with duty `b`: both of one conflict, or `a` was taken over from what `b` is about,
   * or both of one stage-2 change while results may pass from one context to the other: global ones, or those of the
   * same tags by a root that the other keeps as a host page.
   */
  private waitsFor(state: Int32Array, a: number, b: number): boolean {
    const rule = this.duty(state, a, DUTY.rule);
    if (rule !== this.duty(state, b, DUTY.rule) || !this.areNeighbours(state, a, b)) return false;
    if (rule === CONFLICT || this.isTakenOver(state, a, b)) return true;
    if (this.duty(state, a, DUTY.firstGuestPage) < 0) return false;
    return this.hasFlag(state, a, FLAG.global) || this.sharesRoots(state, a, b);
  }

  /** Whether the context of `b` may walk from a root kept as a host page under the process tag of `a`. */
  private sharesRoots(state: Int32Array, a: number, b: number): boolean {
    return this.hostRoots && this.duty(state, a, DUTY.process) === this.duty(state, b, DUTY.process);
  }

  private isTakenOver(state: Int32Array, a: number, b: number): boolean {
    return this.hasFlag(state, a, FLAG.shared) && !this.hasFlag(state, b, FLAG.shared);
  }

  /**
   * Whether `a` ends only after `b` is done. A conflict: while `b` is owed, stale paths may lead to global entries
   * again, or a stale context entry to tables of another VM under the same domain. A stage-2 change: while a stale
   * context entry is owed, its root may be kept as a host page.
   */
  private endsAfter(state: Int32Array, a: number, b: number): boolean {
    if (this.duty(state, b, DUTY.rule) === CONFLICT) return false;
    if (this.duty(state, a, DUTY.firstGuestPage) >= 0) {
      return this.areNeighbours(state, a, b) && this.isContextRule(state, b) && this.sharesRoots(state, a, b);
    }
    if (this.duty(state, a, DUTY.rule) !== CONFLICT) return false;
    if (!this.areNeighbours(state, a, b) || this.hasFlag(state, b, FLAG.shared)) return false;
    return this.hasFlag(state, b, FLAG.global) || this.isContextRule(state, b);
  }

  /** Duties of two contexts in one domain. */
  private areNeighbours(state: Int32Array, a: number, b: number): boolean {
    const sameContext = this.duty(state, a, DUTY.context) === this.duty(state, b, DUTY.context);
    return !sameContext && this.duty(state, a, DUTY.domain) === this.duty(state, b, DUTY.domain);
  }

  private hasFlag(state: Int32Array, number: number, flag: number): boolean {
    return (this.duty(state, number, DUTY.flags) & flag) !== 0;
  }

  private stageDone(state: Int32Array, at: number): boolean {
    if (this.heldBack(state, at)) return false;
    for (let unit = at + DUTY.pages + this.words; unit < at + this.record; unit++) if (state[unit] !== 0) return false;
    return true;
  }

  // --- what follows ---------------------------------------------------------------------------------------------

  /** Which requests are unsettled, and which host pages each context may legally reach. */
  private settle(state: Int32Array): void {
    const { geometry, words } = this;
    state.fill(0, this.unsettledAt, this.unsettledAt + geometry.contexts * words);
    const count = state[this.duties]!;
    for (let number = 0; number < count; number++) {
      const at = this.duties + 1 + number * this.record;
      const into = this.unsettledAt + state[at + DUTY.context]! * words;
      for (let word = 0; word < words; word++) state[into + word]! |= state[at + DUTY.pages + word]!;
      if (state[at + DUTY.firstGuestPage]! >= 0) this.settleStage2(state, at, into);
    }
    this.reach.note(state);
  }

  /** Requests whose walk needs a guest page of an open stage-2 duty now, whether or not it did at the write. */
  private settleStage2(state: Int32Array, at: number, into: number): void {
    const { guestPages, guestRoom } = this.oracle;
    const { count } = this.geometry.iova;
    const first = state[at + DUTY.firstGuestPage]!;
    const last = state[at + DUTY.lastGuestPage]!;
    for (let page = 0; page < count; page++) {
      const from = (state[at + DUTY.context]! * count + page) * guestRoom;
      const to = from + guestPages[from]!;
      for (let place = from + 1; place <= to; place++) {
        const guestPage = guestPages[place]!;
        if (guestPage >= first && guestPage <= last) {
          state[into + (page >> 5)]! |= 1 << (page & 31);
          break;
        }
      }
    }
  }

  /** What a duty still waits for, as text: the rule, its stage and the caches not covered yet. */
  describe(state: Int32Array, number: number): string {
    const at = this.duties + 1 + number * this.record;
    const rule = state[at + DUTY.rule]!;
    const stage = state[at + DUTY.stage]!;
    const scopes = this.recipes[rule]![stage]!;
    const left = scopes.filter((_, scope) => {
      const units = at + DUTY.pages + this.words + scope * this.unitWords;
      return state.subarray(units, units + this.unitWords).some((bits) => bits !== 0);
    });
    const name = rule === CONFLICT ? "tags in conflict" : this.contract.rules[rule]!.id;
    const waits =
      left.length === 0
        ? "a fence"
        : left.map((scope) => scope.caches.map((cache) => CACHE_NAMES[cache]!).join("+")).join(", ");
    const stages = this.recipes[rule]!.length;
    return `${name} of c${state[at + DUTY.context]}, stage ${stage + 1} of ${stages}: waits for ${waits}`;
  }
}

/** Whether a directory cache holds some of what an entry says, and not all: the rest comes from elsewhere. */
function holdsSome({ fieldMask }: UnitCache): boolean {
  const said = CONTEXT_FIELDS_MASK & ~CONTEXT_MASKS.valid;
  return (fieldMask & said) !== 0 && (fieldMask & said) !== said;
}

function oldEntryFlags(oldRole: number, span: number): number {
  if (oldRole === ROLE.leaf) return span << SPAN_SHIFT;
  return oldRole === ROLE.table ? 0 : FLAG.negative;
}
