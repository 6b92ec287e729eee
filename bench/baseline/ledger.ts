/**
 * The duties that are open: one object each, with what is still to be covered in its current stage.
 */

import type { Architecture, Contract, ContractRule, Scope } from "../../rules/vocabulary.js";
import { applies, holdsTag, rangeOf, sameRequester } from "./matching.js";
import type { Gathered, Walks } from "./oracle.js";
import { CONTEXTS, GUEST_PAGES, type Invalidation, IOVA_PAGES, requestKey, roleOf, SHAPE, upTo } from "./records.js";
import { contextRule, entryRule } from "./transition.js";
import type { Change, ContextChange, EntryChange, World } from "./world.js";

export interface Duty {
  rule: ContractRule;
  context: number;
  /** Tags as they were before the change. */
  vm: number;
  domain: number;
  process: number;
  /** An affected walk ended in a global entry. */
  global: boolean;
  /** IOVA pages whose requests it affects. */
  pages: Set<number>;
  /** Stage 2: the guest pages that changed; they are its units. */
  guestPages: readonly number[] | null;
  /** Duties that end their stages together. */
  group: number;
  stage: number;
  /** By scope of the stage: the units that nothing submitted has covered yet. */
  open: Set<number>[];
}

export class Ledger {
  duties: Duty[] = [];
  /** Host pages by context that its VM mapped since it last was without duties. */
  readonly reach = new Map<number, Set<number>>();
  private groups = 0;
  /** Domains whose tags are in conflict now. */
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
    return !this.duties.some((duty) => duty.context === context && duty.pages.has(page));
  }

  /** A change was applied; `before` are the walks before it, `after` those of now. */
  changed(change: Change, before: Walks, after: Walks): void {
    this.walks = after;
    if (change.stage === 0) this.openContext(change);
    else if (change.stage === 1) this.openStage1(change, before, after);
    else this.openStage2(change, before, after);
    if (change.stage === 0) this.inherit(change.context);
    this.noteConflicts();
    this.noteNeeds();
    this.noteReach();
  }

  submitted(command: Invalidation): void {
    for (const duty of this.duties) {
      for (const [at, scope] of this.scopes(duty).entries()) {
        for (const unit of duty.open[at]!) if (this.covers(duty, scope, command, unit)) duty.open[at]!.delete(unit);
      }
    }
  }

  fenced(): void {
    const done = new Set(this.duties.map(({ group }) => group));
    for (const duty of this.duties) if (duty.open.some((units) => units.size > 0)) done.delete(duty.group);
    for (const duty of this.duties) if (done.has(duty.group)) this.begin(duty, duty.stage + 1);
    this.duties = this.duties.filter((duty) => duty.stage < duty.rule.stages.length);
    this.noteConflicts();
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
        const compares = (tag: "requester" | "domain" | "process"): boolean =>
          rule.match.includes(tag) && holdsTag(this.architecture, cache, tag);
        if (compares("requester") && !sameRequester(command, duty.context)) return false;
        if (compares("domain") && command.domain !== null && command.domain !== duty.domain) return false;
        const isProcessGiven = compares("process") && command.process !== null;
        if (isProcessGiven && (scope.process === "any" || command.process !== duty.process)) return false;
        if (!rule.global && (scope.global === "always" || (scope.global === "if-global" && duty.global))) return false;
        const isSelective = rule.match.includes("address") || rule.match.includes("guest-address");
        if (!isSelective || range === null) return true;
        // Units are IOVA pages, or guest pages where stage 2 changed; a command that selects by the other covers none.
        if ((command.kind === "s2") !== (duty.guestPages !== null)) return false;
        return unit >= range.first && unit < range.end;
      }),
    );
  }

  private openContext({ context, old, now }: ContextChange): void {
    const rule = contextRule(this.contract, old, now);
    this.open(rule, context, old, { global: false, pages: IOVA_PAGES, guestPages: null });
  }

  private openStage1(change: EntryChange, before: Walks, after: Walks): void {
    const reads = (walks: Walks, context: number, page: number, depth: number): boolean =>
      walks
        .get(requestKey(context, page))!
        .entries.some((read) => read.host === change.host && read.index === change.index && read.depth === depth);
    for (const depth of [0, 1]) {
      const roles = {
        old: roleOf(change.old, depth, SHAPE.guestPages),
        now: roleOf(change.now, depth, SHAPE.guestPages),
      };
      const rule = entryRule(this.contract, 1, roles, change.old, change.now);
      const affected = new Map<number, { pages: Set<number>; global: boolean }>();
      for (const context of CONTEXTS) {
        const pages = IOVA_PAGES.filter(
          (page) => reads(before, context, page, depth) || reads(after, context, page, depth),
        );
        if (pages.length === 0) continue;
        const endsGlobal = (walks: Walks): boolean =>
          pages.some((page) => walks.get(requestKey(context, page))!.leaf?.global === true);
        const global = endsGlobal(before);
        for (const other of this.sharers(context, global || endsGlobal(after))) {
          const known = affected.get(other) ?? { pages: new Set(), global: false };
          for (const page of pages) known.pages.add(page);
          affected.set(other, { pages: known.pages, global: known.global || global });
        }
      }
      for (const [context, { pages, global }] of affected) {
        this.open(rule, context, this.world.contexts[context]!, { global, pages: [...pages], guestPages: null });
      }
    }
  }

  /** The context itself and those that find its entries under their tags. */
  private sharers(context: number, global: boolean): number[] {
    const own = this.world.contexts[context]!;
    return CONTEXTS.filter((number) => {
      const other = this.world.contexts[number]!;
      if (number === context) return true;
      if (other.state !== "present" || other.domain !== own.domain) return false;
      return global || other.process === own.process;
    });
  }

  private openStage2(change: EntryChange, before: Walks, after: Walks): void {
    const roles = {
      old: roleOf(change.old, change.depth, SHAPE.hostPages),
      now: roleOf(change.now, change.depth, SHAPE.hostPages),
    };
    const rule = entryRule(this.contract, 2, roles, change.old, change.now);
    for (const context of CONTEXTS) {
      const entry = this.world.contexts[context]!;
      if (entry.state !== "present" || entry.vm !== change.vm) continue;
      const pages = IOVA_PAGES.filter((page) =>
        [before, after].some((walks) => needs(walks, context, page, change.guestPages)),
      );
      const walks = IOVA_PAGES.map((page) => before.get(requestKey(context, page))!);
      const global = walks.some((walk) => walk.leaf?.global === true);
      this.open(rule, context, entry, { global, pages, guestPages: change.guestPages });
    }
  }

  private open(
    rule: ContractRule | null,
    context: number,
    tags: { vm: number; domain: number; process: number },
    affected: { global: boolean; pages: readonly number[]; guestPages: readonly number[] | null },
  ): void {
    if (rule === null || rule.stages.length === 0) return;
    const { vm, domain, process } = tags;
    const group = this.groups++;
    const pages = new Set(affected.pages);
    this.add({ rule, context, vm, domain, process, ...affected, pages, group, stage: 0, open: [] });
  }

  private add(duty: Duty): void {
    this.begin(duty, duty.stage);
    this.duties.push(duty);
  }

  private begin(duty: Duty, stage: number): void {
    duty.stage = stage;
    const all = duty.guestPages === null ? IOVA_PAGES : GUEST_PAGES;
    const affected = duty.guestPages ?? [...duty.pages];
    duty.open = this.scopes(duty).map((scope) => new Set(scope.range === "all" ? all : affected));
  }

  /** A context that takes on tags for which a duty is open takes on the duty. */
  private inherit(context: number): void {
    const entry = this.world.contexts[context]!;
    if (entry.state !== "present") return;
    for (const duty of [...this.duties]) {
      const isDomainWide = duty.guestPages !== null || duty.global || isOfDomain(duty.rule);
      const isShared = duty.domain === entry.domain && (isDomainWide || duty.process === entry.process);
      if (!isShared) continue;
      if (this.duties.some((other) => other.group === duty.group && other.context === context)) continue;
      const isSame = this.duties.some((other) => other.context === context && this.isEqual(other, duty));
      if (duty.context === context || isSame) continue;
      this.add({ ...duty, context, pages: new Set(duty.pages) });
    }
  }

  private isEqual(a: Duty, b: Duty): boolean {
    const text = ({ rule, domain, process, stage, guestPages, pages }: Duty): string =>
      [rule.id, domain, process, stage, guestPages, [...pages].sort()].join("|");
    return text(a) === text(b);
  }

  /** While contexts that share tags differ in what these mean, and until all was invalidated once after that. */
  private noteConflicts(): void {
    const isOff = (context: number): boolean => CONTEXTS.some((other) => this.conflict(context, other));
    const domains = new Set(CONTEXTS.filter(isOff).map((context) => this.world.contexts[context]!.domain));
    for (const duty of this.duties) {
      const isAfresh = domains.has(duty.domain) || this.conflicts.has(duty.domain);
      if (duty.rule === CONFLICT_RULE && isAfresh) this.begin(duty, 0);
    }
    this.conflicts = domains;
    for (const context of CONTEXTS) {
      const { state, vm, domain, process } = this.world.contexts[context]!;
      const isKnown = this.duties.some(
        (duty) => duty.rule === CONFLICT_RULE && duty.context === context && duty.domain === domain,
      );
      if (state !== "present" || !domains.has(domain) || isKnown) continue;
      // One group a domain: what one context has cached another finds.
      const affected = { global: true, pages: new Set(IOVA_PAGES), guestPages: null, group: -1 - domain };
      this.add({ rule: CONFLICT_RULE, context, vm, domain, process, ...affected, stage: 0, open: [] });
    }
  }

  private conflict(a: number, b: number): boolean {
    const one = this.world.contexts[a]!;
    const two = this.world.contexts[b]!;
    if (a === b || one.state !== "present" || two.state !== "present" || one.domain !== two.domain) return false;
    if (one.vm !== two.vm || (one.process === two.process && one.root !== two.root)) return true;
    return IOVA_PAGES.some((page) => {
      const [left, right] = [a, b].map((context) => this.walks.get(requestKey(context, page))!);
      return globalsDiffer(left!.leaf, right!.leaf) || globalsDiffer(left!.pointer, right!.pointer);
    });
  }

  /** A request is affected by a stage-2 duty also when its walk comes to need a changed guest page later. */
  private noteNeeds(): void {
    for (const { context, guestPages, pages } of this.duties) {
      if (guestPages === null) continue;
      for (const page of IOVA_PAGES) if (needs(this.walks, context, page, guestPages)) pages.add(page);
    }
  }

  private noteReach(): void {
    for (const context of CONTEXTS) {
      const own = this.duties.filter((duty) => duty.context === context);
      const { state, vm } = this.world.contexts[context]!;
      const vms = new Set(own.map((duty) => duty.vm));
      if (state === "present") vms.add(vm);
      const hosts = own.length > 0 ? (this.reach.get(context) ?? []) : [];
      const now = upTo(SHAPE.vms).filter((number) => vms.has(number));
      this.reach.set(context, new Set([...hosts, ...now.flatMap((number) => [...this.world.mapped(number)])]));
    }
  }
}

function needs(walks: Walks, context: number, page: number, guestPages: readonly number[]): boolean {
  return walks.get(requestKey(context, page))!.guestPages.some((guest) => guestPages.includes(guest));
}

/** A global pointer or leaf where another walk finds something else. */
function globalsDiffer(a: Gathered | null, b: Gathered | null): boolean {
  if (a?.global !== true && b?.global !== true) return false;
  return a?.page !== b?.page || a?.permission !== b?.permission || a?.global !== b?.global;
}

/** A context duty that goes beyond one process of the domain. */
function isOfDomain(rule: ContractRule): boolean {
  return rule.stages.some((scopes) =>
    scopes.some(({ caches, process }) => process === "any" || caches.includes("stage2") || caches.includes("context")),
  );
}

const all = (caches: Scope["caches"]): Scope => ({ caches, range: "all", process: "any", global: "always" });

/** After a conflict: everything once, down the chain of caches. */
const CONFLICT_RULE: ContractRule = {
  id: "conflict",
  by: "guest",
  stages: [
    [all(["context"])],
    [all(["pasid"])],
    [all(["stage2-walk", "stage2"])],
    [all(["pasid"])],
    [all(["walk", "stage1", "iotlb"])],
    [all(["device-tlb"])],
  ],
  source: "docs/design.md, section 10",
  confidence: "specification",
  at: "",
};
