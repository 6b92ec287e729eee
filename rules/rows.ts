/**
 * The rows of rule files as they are written: what one file states, before `extends` and defaults.
 *
 * A child file states only differences, so every key may be absent here; `architecture.ts` and `contract.ts` merge the
 * files of a chain into the complete records of `vocabulary.ts`. Each row knows its place, for reports.
 */

import type { Spot } from "./problems.js";
import type {
  CacheName,
  Confidence,
  ContextChange,
  ContextField,
  EntryChange,
  InvalidationKind,
  PinnedProof,
  PropertyName,
  RangeEncoding,
  RemovalRule,
  Scope,
  ShadowOptions,
  StrategyName,
  Tag,
  Verdict,
} from "./vocabulary.js";

/** A value and where it is written. */
export interface Placed<T> {
  value: T;
  spot: Spot;
}

/** `Partial`, but a key may also be there and undefined: a reader that has reported leaves that behind. */
export type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** A row in which something could not be read; that is reported, and what it lacks is not reported again. */
export interface Readable {
  broken?: true | undefined;
}

/** The head that architecture and contract files share. */
export interface FileHead extends Readable {
  spot: Spot;
  name?: string | undefined;
  summary?: string | undefined;
  source?: string | undefined;
  extends?: Placed<string> | undefined;
}

export interface CacheRow extends Readable {
  name: CacheName;
  spot: Spot;
  /** `walk: absent` takes an inherited cache away; then no other key stands. */
  absent: boolean;
  tags?: Tag[] | undefined;
  lookup?: "tags" | "requester" | undefined;
  notPresent?: boolean | undefined;
  malformed?: boolean | undefined;
  negativeDomain?: "own" | "none" | undefined;
  fields?: ContextField[] | undefined;
  pointers?: "guest" | "host" | "either" | undefined;
  superpages?: "whole" | "piece" | undefined;
  source?: string | undefined;
  confidence?: Confidence | undefined;
}

export interface CommandRow extends Readable {
  kind: InvalidationKind;
  spot: Spot;
  absent: boolean;
  manual?: string | undefined;
  range?: Loose<RangeEncoding> | undefined;
  removes?: Placed<RemovalRule>[] | undefined;
  source?: string | undefined;
  confidence?: Confidence | undefined;
}

export interface ArchitectureFile extends FileHead {
  queue?: "ordered" | "unordered" | undefined;
  fence?: string | undefined;
  caches: CacheRow[];
  commands: CommandRow[];
}

/** Named values, or `any`, which makes the row a fallback for rows that name theirs. */
export type Selection<T> = "any" | readonly T[];
export type StageName = 1 | 2 | "context";

/** One row of a contract, or of the inline rules of a claim's cell. */
export interface RuleRow extends Readable {
  id: string;
  spot: Spot;
  stage?: Selection<StageName> | undefined;
  level?: Selection<"leaf" | "table"> | undefined;
  change?: Selection<EntryChange | ContextChange> | undefined;
  /** Parameter values under which the row holds; each parameter with the values that it may have. */
  when?: readonly WhenRow[] | undefined;
  by?: "guest" | "host" | undefined;
  /** Stages of scopes; the empty list is `none`. */
  owes?: readonly (readonly Placed<Scope>[])[] | undefined;
  source?: string | undefined;
  confidence?: Confidence | undefined;
}

export interface WhenRow {
  parameter: Placed<string>;
  values: readonly Placed<string>[];
}

export interface ParameterRow extends Readable {
  name: string;
  spot: Spot;
  values?: Placed<string>[] | undefined;
  default?: Placed<string> | undefined;
  summary?: string | undefined;
  source?: string | undefined;
}

export interface ContractFile extends FileHead {
  architectures?: Placed<string>[] | undefined;
  parameters: ParameterRow[];
  rules: RuleRow[];
  /** The key `rules`, where missing rules are reported. */
  rulesSpot: Spot;
}

export interface CellRow extends Readable {
  id: string;
  spot: Spot;
  architecture?: Placed<string> | undefined;
  contract?: Placed<string> | undefined;
  rules: RuleRow[];
  strategies?: StrategyName[] | undefined;
  shadow?: Placed<ShadowOptions> | undefined;
  properties?: PropertyName[] | undefined;
  expected?: Verdict | undefined;
  why?: string | undefined;
  proofs?: PinnedProof[] | undefined;
}

export interface ClaimRow {
  id: string;
  spot: Spot;
  says?: string | undefined;
  source?: string | undefined;
  cells: CellRow[];
}

export interface ClaimsFile {
  spot: Spot;
  claims: ClaimRow[];
}
