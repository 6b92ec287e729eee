/**
 * The words that rules are written in, and the plain records that the loaders give to the rest of the program.
 *
 * Follows the design page, section 3. An architecture says which caches a unit may have and what each invalidation
 * command removes from them; a contract says what software owes for each transition of an entry. Both are data:
 * nothing here knows how a cache is modelled. The eight cache kinds are fixed, since the walk that fills them is;
 * everything else about them (keys, negatives, what removes them) is said in YAML.
 */

/** The places where a walk may keep something, in the order in which a walk fills them. */
export const CACHE_NAMES = [
  "context",
  "pasid",
  "walk",
  "stage1",
  "stage2-walk",
  "stage2",
  "iotlb",
  "device-tlb",
] as const;
export type CacheName = (typeof CACHE_NAMES)[number];

/**
 * The kinds of invalidation in the sequence language (`inv KIND ...`); an architecture maps each to its own command.
 */
export const INVALIDATION_KINDS = ["iotlb", "ctx", "pasid", "dev", "s2"] as const;
export type InvalidationKind = (typeof INVALIDATION_KINDS)[number];

/** Fields of a context entry that a context or PASID cache may hold. */
export const CONTEXT_FIELDS = ["valid", "vm", "domain", "process", "root"] as const;
export type ContextField = (typeof CONTEXT_FIELDS)[number];

/** Tags that may be part of a cache key besides the address. */
export const TAGS = ["requester", "domain", "process"] as const;
export type Tag = (typeof TAGS)[number];

/** Operands that a removal rule can compare with a cached entry. */
export const MATCHES = ["requester", "domain", "process", "address", "guest-address"] as const;
export type Match = (typeof MATCHES)[number];

/** Conditions on the operands of a command as sent, under which a removal rule applies. */
export const CONDITIONS = [
  "address",
  "no-address",
  "domain",
  "no-domain",
  "process",
  "no-process",
  "requester",
  "no-requester",
  "leaf",
  "not-leaf",
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** How sure a fact is: read in the specification, quoted or seen in code, inferred, or from memory. */
export const CONFIDENCES = ["specification", "code", "inferred", "memory"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** How the address operand of a command is decoded. Pages are IOVA pages, or GPA pages for `inv s2`. */
export interface RangeEncoding {
  /**
   * `[iA+n]`: `exact` pages A..A+n-1; `block` the smallest aligned power-of-two block with all of them; `first` page
   * A alone.
   */
  count: "exact" | "block" | "first";
  /** `base=iA mask=m`: `aligned` the block of 2^m pages that holds A; `shifted` the 2^m pages from A on. */
  mask: "aligned" | "shifted";
  /** No address, or `all`: `whole` every page; `first` page 0 alone (an encoding that cannot say "all"). */
  all: "whole" | "first";
}

/** One cache that a unit may have. Absent caches still exist for walks in flight, emptied by any fence. */
export interface CacheRule {
  name: CacheName;
  /** Tags that are part of the key; an absent tag means the cache is shared over it. */
  tags: readonly Tag[];
  /**
   * Given for an IOTLB where a request finds entries by its requester and address alone, whatever its context says
   * now; the other tags serve invalidation. Left out, it finds them by all the tags that its context has.
   */
  lookup?: "requester" | undefined;
  /** Which negative results it may hold: entries that are not present, entries that are malformed. */
  negative: { notPresent: boolean; malformed: boolean };
  /** The domain tag of a negative entry: the walk's own, or a reserved one (`d-` in the sequence language). */
  negativeDomain: "own" | "none";
  /** Context and PASID caches: which fields of the context entry it holds. */
  fields: readonly ContextField[];
  /** Pointers kept as the GPA that was read, as the HPA after stage 2, or as either. Context and walk caches. */
  pointers: "guest" | "host" | "either";
  /**
   * What an address match on one page of a superpage removes: `whole` superpage, or the `piece` for that page alone.
   */
  superpages: "whole" | "piece";
  source: string;
  confidence: Confidence;
}

/** What a command removes from one cache: the entries equal in every matched operand that the command gives. */
export interface RemovalRule {
  cache: CacheName;
  match: readonly Match[];
  /** All must hold for the operands as sent. */
  when: readonly Condition[];
  /** Whether entries marked global are removed too. */
  global: boolean;
  /** Whether a level hint in the command (`level=N`) restricts the removal to leaves of that level. */
  levelHint: boolean;
  source: string;
  confidence: Confidence;
}

/** One invalidation command of a unit. */
export interface CommandRule {
  kind: InvalidationKind;
  /** The manual's own names and operands, for reports; see `manual.ts`. */
  manual: string;
  range: RangeEncoding;
  removes: readonly RemovalRule[];
  source: string;
  confidence: Confidence;
}

/** A unit's caches and commands, complete: every inherited row is filled in. */
export interface Architecture {
  name: string;
  summary: string;
  source: string;
  /** Whether the commands of a queue execute in the order of submission, or in any order up to the fence. */
  queue: "ordered" | "unordered";
  /** The manual's name of the command that waits for all before it, with operands that are always sent. */
  fence: string;
  caches: readonly CacheRule[];
  commands: readonly CommandRule[];
}

/** What changed, by the classes of the old and the new entry. */
export const ENTRY_CHANGES = [
  "np->p",
  "p->np",
  "retarget",
  "loss",
  "gain",
  "split",
  "collapse",
  "malformed->p",
  "p->malformed",
  "np->malformed",
  "malformed->np",
] as const;
export type EntryChange = (typeof ENTRY_CHANGES)[number];

/**
 * Changes of a context entry: `domain` when its VM or domain tag changes, `process` when only process tag or root do.
 */
export const CONTEXT_CHANGES = [
  "np->p",
  "p->np",
  "domain",
  "process",
  "malformed->p",
  "p->malformed",
  "np->malformed",
  "malformed->np",
] as const;
export type ContextChange = (typeof CONTEXT_CHANGES)[number];

/**
 * Where an entry stands. `table`: the old or the new entry points to a next-level table. `leaf`: neither does
 * (superpages included). `context`: a context entry.
 */
export const LEVELS = ["leaf", "table", "context"] as const;
export type Level = (typeof LEVELS)[number];

/** A transition that a contract must have a rule for. `stage` is 0 for context entries. */
export interface Transition {
  stage: 0 | 1 | 2;
  level: Level;
  change: EntryChange | ContextChange;
}

/** Every transition there is; a rule table is indexed by position in this list. */
export const TRANSITIONS: readonly Transition[] = buildTransitions();

function buildTransitions(): Transition[] {
  const list: Transition[] = [];
  for (const stage of [1, 2] as const) {
    for (const change of ENTRY_CHANGES) {
      if (change !== "split" && change !== "collapse") list.push({ stage, level: "leaf", change });
    }
    for (const change of ENTRY_CHANGES) {
      if (change !== "np->malformed" && change !== "malformed->np") list.push({ stage, level: "table", change });
    }
  }
  for (const change of CONTEXT_CHANGES) list.push({ stage: 0, level: "context", change });
  return list;
}

/** The sentence form of a transition: `stage 1 leaf np->p`, `context domain`. */
export function transitionName(transition: Transition): string {
  return transition.stage === 0
    ? `context ${transition.change}`
    : `stage ${transition.stage} ${transition.level} ${transition.change}`;
}

/**
 * One thing that must be removed: all that `caches` may hold under the tags of the changed entry (as they were before
 * the change) for the pages that the change affects. Where there are several caches one command must empty them
 * together: between two commands the one could be filled again from the other.
 */
export interface Scope {
  caches: readonly CacheName[];
  /** `affected` pages, or `all` pages of the address space. */
  range: "affected" | "all";
  /** The process tag's `own` entries, or `any` of the domain. */
  process: "own" | "any";
  /**
   * Entries marked global: part of the scope `always`, `never`, or if an affected walk ended in one before the
   * change.
   */
  global: "if-global" | "always" | "never";
}

/** What one transition owes: stages in order, a fence after each; no stage means `none`. */
export interface ContractRule {
  id: string;
  by: "guest" | "host";
  stages: readonly (readonly Scope[])[];
  source: string;
  confidence: Confidence;
  /** Where the rule is written, `file:line`, for reports. */
  at: string;
}

/** A contract with its parameters fixed: one rule for each of `TRANSITIONS`, in that order. */
export interface Contract {
  name: string;
  summary: string;
  source: string;
  parameters: Readonly<Record<string, string>>;
  rules: readonly ContractRule[];
}

export const STRATEGIES = ["hardware", "envelope", "shadow"] as const;
export type StrategyName = (typeof STRATEGIES)[number];
/** Who may give a wrong answer: a strategy, or a target outside this process. */
export type Answerer = StrategyName | "target";
/** Properties of a target; `response`: it answers each question once, in time and in form. */
export const TARGET_PROPERTIES = ["agreement", "refinement", "response"] as const;
export type TargetProperty = (typeof TARGET_PROPERTIES)[number];

/** Departures of the shadow that a claim may ask for. */
export interface ShadowOptions {
  /** Stage-2 changes reach the shadow at once. Default true. */
  followsStage2: boolean;
  /** `evict` drops shadow entries too, which nothing refills. Default false. */
  evicts: boolean;
}
export const DEFAULT_SHADOW: ShadowOptions = { followsStage2: true, evicts: false };

export const PROPERTY_NAMES = ["agreement", "cache-validity", "refinement", "isolation"] as const;
export type PropertyName = (typeof PROPERTY_NAMES)[number];

export const VERDICTS = ["fails", "holds", "unrefuted"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One combination that a claim is about. */
export interface Cell {
  /** Unique over all claims: the claim's id, or `ID.suffix` where a claim has several cells. */
  id: string;
  architecture: Architecture;
  contract: Contract;
  strategies: readonly StrategyName[];
  shadow: ShadowOptions;
  properties: readonly PropertyName[];
  expected: Verdict;
  /** One sentence: why this verdict is expected. */
  why: string;
  /** What was proved of it, in small geometries. */
  proofs?: readonly PinnedProof[];
}

/** A proof that came to a fixpoint: of which strategies, where, over which commands, and its number of states. */
export interface PinnedProof {
  strategies: readonly StrategyName[];
  geometry: string;
  /** The words of `prove/scope.ts`; empty for all commands. */
  scope: string;
  states: number;
}

/** A sentence that somebody said, and the cells that settle it. */
export interface Claim {
  id: string;
  says: string;
  source: string;
  cells: readonly Cell[];
}

/** The end of a switch over a closed union: unreachable while the compiler has seen every case. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
