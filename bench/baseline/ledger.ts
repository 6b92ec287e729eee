/**
 * The duties that are open: one object each, with what is still to be covered in its current stage.
 *
 * A second reading of docs/design.md, sections 4 and 10, in plain objects; `test/bench` holds it against
 * models/ledger.ts.
 */

import type { Architecture, Contract, Scope } from "../../rules/vocabulary.js";
import { applies, extent, holdsTag, rangeOf, sameRequester } from "./matching.js";
import type { Gathered, Walks } from "./oracle.js";
import {
  CONTEXTS,
  type ContextEntry,
  GUEST_PAGES,
  type Invalidation,
  IOVA_PAGES,
  type Role,
  requestKey,
  roleOf,
  SHAPE,
  upTo,
} from "./records.js";
import { contextRule, type DutyRule, entryRule } from "./transition.js";
import type { Change, ContextChange, EntryChange, World } from "./world.js";

export interface Duty {
  rule: DutyRule;
  context: number;
  /** Tags as they were before the change. */
  vm: number;
  domain: number;
  process: number;
  /** A global entry may be among the results. */
  global: boolean;
  /** Taken over from another context: it ends no stage sooner than the one that it was taken from. */
  shared: boolean;
  /** The old entry was a superpage; it was not present. */
  large: boolean;
  negative: boolean;
  /** Halves of a context entry that were left in two versions. */
  parts: Parts;
  /** IOVA pages whose requests it affects. */
  pages: Set<number>;
  /** Stage 2: the guest pages that changed; they are its units. */
  guestPages: readonly number[] | null;
  stage: number;
  /** By scope of the stage: the units that nothing submitted has covered yet. */
  open: Set<number>[];
}

/** What a change affects, besides the context that has the duty. */
type Affected = Pick<Duty, "global" | "guestPages" | "large" | "negative"> & {
  pages: Iterable<number>;
  shared?: boolean;
  parts?: Parts;
};
type Parts = readonly ("upper" | "lower")[];
type Tags = Pick<Duty, "vm" | "domain" | "process">;

export class Ledger {
  duties: Duty[] = [];
  /** Host pages by context that its VM mapped since it last was without duties. */
  readonly reach = new Map<number, Set<number>>();
  /** Contexts whose tags are in conflict now. */
  private conflicts = new Set<number>();

  constructor(
    private readonly architecture: Architecture,
    private readonly contract: Contract,
    private readonly world: World,
    private walks: Walks,
  ) {
    this.noteReach();
  }

  isSettled(context: number, page: number): boolean {
    return !this.duties.some((duty) => duty.context === context && this.affects(duty, page));
  }

  /** A stage-2 duty affects a request also when its walk comes to need a changed guest page later. */
  private affects({ context, pages, guestPages }: Duty, page: number): boolean {
    return pages.has(page) || (guestPages !== null && needs(this.walks, context, page, guestPages));
  }

  /** A change was applied; `before` are the walks before it, `after` those of now. */
  changed(change: Change, before: Walks, after: Walks): void {
    this.walks = after;
    if (change.stage === 0) this.changedContext(change);
    else if (change.stage === 1) this.openStage1(change, before, after);
    else this.openStage2(change, before, after);
    if (change.stage !== 0 && change.now.global) this.widen();
    this.noteConflicts();
    this.noteReach();
  }

  submitted(command: Invalidation): void {
    for (const duty of this.duties) {
      if (this.isHeldBack(duty)) continue;
      for (const [at, scope] of this.scopes(duty).entries()) {
        for (const unit of duty.open[at]!) if (this.covers(duty, scope, command, unit)) duty.open[at]!.delete(unit);
      }
    }
  }

  fenced(): void {
    const moving = this.duties.filter((duty) => this.isDone(duty) && this.isGroupDone(duty));
    for (const duty of moving) this.begin(duty, duty.stage + 1);
    this.duties = this.duties.filter((duty) => duty.stage < duty.rule.stages.length);
    this.noteReach();
  }

  scopes(duty: Duty): readonly Scope[] {
    return duty.rule.stages[duty.stage] ?? [];
  }

  /** Whether `command` removes all that the scope's caches may hold for one unit under the duty's tags. */
  covers(duty: Duty, scope: Scope, command: Invalidation, unit: number): boolean {
    if (duty.rule.by === "guest" && command.host) return false;
    const rules = this.architecture.commands.find(({ kind }) => kind === command.kind)?.removes ?? [];
    const range = rangeOf(this.architecture, command);
    return scope.caches.every((cache) =>
      rules.some((rule) => {
        if (rule.cache !== cache || !applies(rule, command)) return false;
        const isDirectory = cache === "context" || cache === "pasid";
        const compares = (tag: "requester" | "domain" | "process"): boolean =>
          rule.match.includes(tag) &&
          holdsTag(this.architecture, cache, tag) &&
          (tag === "requester" || !(isDirectory && duty.negative));
        if (compares("requester") && !sameRequester(command, duty.context)) return false;
        if (compares("domain") && command.domain !== null && command.domain !== duty.domain) return false;
        const isProcessGiven = compares("process") && command.process !== null;
        if (isProcessGiven && (scope.process === "any" || command.process !== duty.process)) return false;
        if (!rule.global && (scope.global === "always" || (scope.global === "if-global" && duty.global))) return false;
        const isSelective = rule.match.includes("address") || rule.match.includes("guest-address");
        if (!isSelective || range === null) return true;
        // Units are IOVA pages, or guest pages where stage 2 changed; a command that selects by the other covers none.
        if ((command.kind === "s2") !== (duty.guestPages !== null)) return false;
        const isBlock = duty.large || cache === "walk" || cache === "stage2-walk";
        const { first, pages } = extent(unit, isBlock);
        return first < range.end && first + pages > range.first;
      }),
    );
  }

  // --- opening --------------------------------------------------------------------------------------------------

  private changedContext(change: ContextChange): void {
    const { context, old, now } = change;
    const isTorn = this.isTorn(change);
    const rule = contextRule(this.contract, old, now);
    // An entry that was not present has no tags of its own.
    const negative = old.state !== "present";
    const tags = negative ? now : old;
    const global = this.world.hasGlobal();
    const affected: Affected = {
      global,
      pages: IOVA_PAGES,
      guestPages: null,
      large: false,
      negative,
      parts: changedParts(change),
    };
    this.open(rule, context, tags, affected);
    if (global) this.openSharers(rule, context, tags, affected);
    this.inherit(context);
    if (isTorn) this.tear(context, now.domain);
  }

  private openStage1(change: EntryChange, before: Walks, after: Walks): void {
    const reads = (walks: Walks, context: number, page: number, depth: number): boolean =>
      walks
        .get(requestKey(context, page))!
        .entries.some((read) => read.host === change.host && read.index === change.index && read.depth === depth);
    const global = this.world.hasGlobal(change);
    for (const depth of [0, 1]) {
      const roles = {
        old: roleOf(change.old, depth, SHAPE.guestPages),
        now: roleOf(change.now, depth, SHAPE.guestPages),
      };
      const rule = entryRule(this.contract, 1, roles, change.old, change.now);
      for (const context of CONTEXTS) {
        const pages = IOVA_PAGES.filter((page) => [before, after].some((walks) => reads(walks, context, page, depth)));
        if (pages.length === 0) continue;
        const affected: Affected = { global, pages, guestPages: null, ...oldEntry(roles.old, depth) };
        this.open(rule, context, this.world.contexts[context]!, affected);
        this.openSharers(rule, context, this.world.contexts[context]!, affected);
      }
    }
  }

  private openStage2(change: EntryChange, before: Walks, after: Walks): void {
    const roles = {
      old: roleOf(change.old, change.depth, SHAPE.hostPages),
      now: roleOf(change.now, change.depth, SHAPE.hostPages),
    };
    const rule = entryRule(this.contract, 2, roles, change.old, change.now);
    const global = this.world.hasGlobal();
    for (const context of CONTEXTS) {
      const entry = this.world.contexts[context]!;
      if (entry.state !== "present" || entry.vm !== change.vm) continue;
      // By a stale stage-2 entry any page may come to a global leaf, and leave it to the whole domain.
      const pages = IOVA_PAGES.filter(
        (page) => global || [before, after].some((walks) => needs(walks, context, page, change.guestPages)),
      );
      const affected = { global, pages, guestPages: change.guestPages, ...oldEntry(roles.old, change.depth) };
      this.open(rule, context, entry, affected);
    }
  }

  /** The same for other contexts that find this one's entries under their tags. */
  private openSharers(rule: DutyRule | null, context: number, tags: Tags, affected: Affected): void {
    for (const number of CONTEXTS) {
      const other = this.world.contexts[number]!;
      if (number === context || other.state !== "present" || other.domain !== tags.domain) continue;
      if (affected.global || other.process === tags.process)
        this.open(rule, number, other, { ...affected, shared: true });
    }
  }

  private open(rule: DutyRule | null, context: number, { vm, domain, process }: Tags, affected: Affected): void {
    if (rule === null || rule.stages.length === 0) return;
    const pages = new Set(affected.pages);
    const duty: Duty = {
      shared: false,
      parts: [],
      rule,
      context,
      vm,
      domain,
      process,
      ...affected,
      pages,
      stage: 0,
      open: [],
    };
    this.begin(duty, 0);
    if (!this.duties.some((other) => dutyText(other) === dutyText(duty))) this.duties.push(duty);
  }

  private begin(duty: Duty, stage: number): void {
    duty.stage = stage;
    const all = duty.guestPages === null ? IOVA_PAGES : GUEST_PAGES;
    const affected = duty.guestPages ?? [...duty.pages];
    duty.open = this.scopes(duty).map((scope) => new Set(scope.range === "all" ? all : affected));
  }

  /** A context that takes on tags for which a duty is open takes on the duty, from its beginning. */
  private inherit(context: number): void {
    const entry = this.world.contexts[context]!;
    if (entry.state !== "present") return;
    for (const duty of [...this.duties]) {
      if (!this.isInherited(duty, context, entry)) continue;
      this.open(duty.rule, context, { ...entry, vm: duty.vm }, { ...affectedBy(duty), shared: true });
    }
  }

  private isInherited(duty: Duty, context: number, entry: ContextEntry): boolean {
    const sameDomain = duty.domain === entry.domain;
    const sameProcess = duty.process === entry.process;
    if (duty.context === context) return duty.guestPages !== null && !(sameDomain && sameProcess);
    return sameDomain && (sameProcess || duty.global || isWide(duty) || duty.vm !== entry.vm);
  }

  // --- stages ---------------------------------------------------------------------------------------------------

  private isDone(duty: Duty): boolean {
    return !this.isHeldBack(duty) && duty.open.every((units) => units.size === 0);
  }

  /** Those that it must wait for are as far. */
  private isGroupDone(duty: Duty): boolean {
    return this.duties.every((other) => {
      if (endsAfter(duty, other)) return false;
      if (!waitsFor(duty, other)) return true;
      return other.stage > duty.stage || (other.stage === duty.stage && this.isDone(other));
    });
  }

  // --- conflicts of tags ----------------------------------------------------------------------------------------

  /** Contexts that share tags differ in what these mean: until that is over, and all was invalidated once after it. */
  private noteConflicts(): void {
    const isMixed = (context: number): boolean => CONTEXTS.some((other) => this.isMixed(context, other));
    const mixed = new Set(CONTEXTS.filter(isMixed).map((context) => this.world.contexts[context]!.domain));
    this.conflicts = new Set(
      CONTEXTS.filter(
        (context) => this.usesOne(context, mixed) || CONTEXTS.some((other) => this.meetsGlobal(context, other)),
      ),
    );
    for (const context of this.conflicts) this.openConflict(context, this.world.contexts[context]!);
  }

  private usesOne(context: number, domains: ReadonlySet<number>): boolean {
    const { state, domain } = this.world.contexts[context]!;
    return state === "present" && domains.has(domain);
  }

  private openConflict(context: number, tags: Tags): void {
    const affected = { global: true, pages: IOVA_PAGES, guestPages: null, large: false, negative: false };
    this.open(CONFLICT_RULE, context, tags, affected);
  }

  private isHeldBack(duty: Duty): boolean {
    return duty.rule === CONFLICT_RULE && this.conflicts.has(duty.context);
  }

  private sharesDomain(a: number, b: number): boolean {
    const [one, two] = [this.world.contexts[a]!, this.world.contexts[b]!];
    return a !== b && one.state === "present" && two.state === "present" && one.domain === two.domain;
  }

  /** One domain tag for two VMs, or one pair of tags for two tables. */
  private isMixed(a: number, b: number): boolean {
    const [one, two] = [this.world.contexts[a]!, this.world.contexts[b]!];
    return this.sharesDomain(a, b) && (one.vm !== two.vm || (one.process === two.process && one.root !== two.root));
  }

  /** A global entry of the other stands where this one's walk finds something else. */
  private meetsGlobal(context: number, other: number): boolean {
    if (!this.sharesDomain(context, other)) return false;
    return IOVA_PAGES.some((page) => {
      const [own, others] = [context, other].map((number) => this.walks.get(requestKey(number, page))!);
      return meetsGlobal(own!.leaf, others!.leaf) || meetsGlobal(own!.pointer, others!.pointer);
    });
  }

  // --- global entries, torn context entries, reach --------------------------------------------------------------

  /** A global entry appeared while duties are open: stale paths may meet it, and leave it to all of the domain. */
  private widen(): void {
    for (const duty of this.duties) {
      if (duty.global) continue;
      duty.global = true;
      if (duty.guestPages !== null) duty.pages = new Set(IOVA_PAGES);
      // What was covered so far need not have reached global entries.
      this.begin(duty, duty.stage);
    }
    for (const context of CONTEXTS) this.inherit(context);
  }

  /**
   * Context and PASID cache may come to hold halves of different entries: both halves change at once, or one while an
   * older change of the other is owed.
   */
  private isTorn(change: ContextChange): boolean {
    if (change.now.state !== "present") return false;
    const parts = changedParts(change);
    if (parts.length === 2) return true;
    const fresh: Parts = change.old.state === "present" ? parts : ["upper", "lower"];
    return this.duties.some(
      (duty) =>
        duty.context === change.context &&
        duty.rule.isContext &&
        !duty.shared &&
        duty.parts.length > 0 &&
        new Set([...duty.parts, ...fresh]).size === 2,
    );
  }

  /** Results of such a mixture have tags that no rule names: it is treated as a conflict. */
  private tear(context: number, domain: number): void {
    const owed = this.duties.filter((duty) => duty.context === context).map((duty) => duty.domain);
    const domains = new Set([...owed, domain]);
    for (const other of CONTEXTS) {
      if (this.usesOne(other, domains)) this.openConflict(other, this.world.contexts[other]!);
    }
  }

  private noteReach(): void {
    const owed = (context: number): Duty[] => this.duties.filter((duty) => duty.context === context);
    for (const context of CONTEXTS) {
      const own = owed(context);
      const { state, vm } = this.world.contexts[context]!;
      const vms = new Set(own.map((duty) => duty.vm));
      if (state === "present") vms.add(vm);
      const hosts = new Set(own.length > 0 ? this.reach.get(context) : []);
      for (const number of vms) for (const host of this.world.mapped(number)) hosts.add(host);
      // A stage-2 table that is out of use may be used for anything before its removal is complete.
      const isTableOwed = own.some((duty) => duty.rule.isStage2Table);
      this.reach.set(context, isTableOwed ? new Set(upTo(SHAPE.hostPages)) : hosts);
    }
    // What the users of a domain reach, all reach for whom one of its duties is open.
    for (const context of CONTEXTS) {
      const domains = new Set(owed(context).map((duty) => duty.domain));
      for (const other of CONTEXTS) {
        if (!this.usesOne(other, domains) && !owed(other).some((duty) => domains.has(duty.domain))) continue;
        for (const host of this.reach.get(other)!) this.reach.get(context)!.add(host);
      }
    }
  }
}

/** A duty for a context entry, for stage 2 or after a conflict: more than one process of the domain is concerned. */
function isWide(duty: Duty): boolean {
  return duty.guestPages !== null || duty.rule.isContext;
}

function affectedBy({ global, pages, guestPages, large, negative }: Duty): Affected {
  return { global, pages, guestPages, large, negative };
}

/** An entry that is not present is kept by its class alone: it mixes with nothing. */
function changedParts({ old, now }: ContextChange): Parts {
  if (old.state !== "present") return [];
  if (now.state !== "present") return ["upper", "lower"];
  const parts: ("upper" | "lower")[] = [];
  if (old.vm !== now.vm || old.domain !== now.domain) parts.push("upper");
  if (old.process !== now.process || old.root !== now.root) parts.push("lower");
  return parts;
}

function oldEntry(role: Role, depth: number): Pick<Duty, "large" | "negative"> {
  return { large: role === "leaf" && depth === 0, negative: role !== "leaf" && role !== "table" };
}

/**
 * Duties of one conflict keep pace, as do those of a stage-2 change while global entries may pass from one context to
 * the other; one that was taken over ends no stage sooner than its source.
 */
function waitsFor(duty: Duty, other: Duty): boolean {
  if (duty.rule !== other.rule || !areNeighbours(duty, other)) return false;
  const isTakenOver = duty.shared && !other.shared;
  return duty.rule === CONFLICT_RULE || isTakenOver || (duty.guestPages !== null && duty.global);
}

/** A conflict is over once the duties that it came from are. */
function endsAfter(duty: Duty, other: Duty): boolean {
  if (duty.rule !== CONFLICT_RULE || other.rule === CONFLICT_RULE || !areNeighbours(duty, other)) return false;
  return !other.shared && (other.global || other.rule.isContext);
}

function areNeighbours(a: Duty, b: Duty): boolean {
  return a.context !== b.context && a.domain === b.domain;
}

function dutyText(duty: Duty): string {
  const { context, vm, domain, process, global, shared, parts, pages, guestPages, stage, open, rule } = duty;
  const units = open.map((left) => [...left].join(",")).join("|");
  return [rule.name, context, vm, domain, process, global, shared, parts, [...pages], guestPages, stage, units].join(
    " ",
  );
}

function needs(walks: Walks, context: number, page: number, guestPages: readonly number[]): boolean {
  return walks.get(requestKey(context, page))!.guestPages.some((guest) => guestPages.includes(guest));
}

function meetsGlobal(own: Gathered | null, others: Gathered | null): boolean {
  if (others?.global !== true) return false;
  return own?.page !== others.page || own.permission !== others.permission || !own.global;
}

const all = (caches: Scope["caches"]): Scope => ({ caches, range: "all", process: "any", global: "always" });

/** After a conflict: everything once, down the chain of caches. */
const CONFLICT_RULE: DutyRule = {
  name: "conflict",
  isContext: true,
  isStage2Table: false,
  by: "guest",
  stages: [
    [all(["context"])],
    [all(["pasid"])],
    [all(["stage2-walk", "stage2"])],
    [all(["pasid"])],
    [all(["walk", "stage1", "iotlb"])],
    [all(["device-tlb"])],
  ],
};
