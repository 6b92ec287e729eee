/**
 * The rows of a contract that are in force, and the contract with one of them changed.
 *
 * A contract has one rule for each transition; those that a row of its file answers share the row's id and place.
 */

import { type Contract, type ContractRule, type Scope, TRANSITIONS, type Transition } from "../rules/vocabulary.js";

export interface Row {
  id: string;
  /** `file:line`. */
  at: string;
  by: "guest" | "host";
  /** Positions in `TRANSITIONS`. */
  transitions: readonly number[];
  stages: ContractRule["stages"];
}

/** In the order in which they stand in their files, a file's rows together. */
export function rowsOf(contract: Contract): Row[] {
  const rows = new Map<string, { rule: ContractRule; transitions: number[] }>();
  for (const [at, rule] of contract.rules.entries()) {
    const known = rows.get(rule.id);
    if (known === undefined) rows.set(rule.id, { rule, transitions: [at] });
    else known.transitions.push(at);
  }
  return [...rows.values()]
    .map(({ rule: { id, at, by, stages }, transitions }) => ({ id, at, by, transitions, stages }))
    .sort((a, b) => comparePlaces(a.at, b.at));
}

export function transitionsOf(row: Row): Transition[] {
  return row.transitions.map((at) => TRANSITIONS[at]!);
}

/** The contract in which the row owes `stages`; by transition, where these depend on it. */
export function withStages(
  contract: Contract,
  row: Pick<Row, "id">,
  stages: ContractRule["stages"] | ((transition: number) => ContractRule["stages"]),
): Contract {
  const rules = contract.rules.map((rule, at) =>
    rule.id === row.id ? { ...rule, stages: typeof stages === "function" ? stages(at) : stages } : rule,
  );
  return { ...contract, rules };
}

/** One scope fewer; a stage that is left without any goes too. */
export function withoutScope(stages: ContractRule["stages"], stage: number, scope: number): ContractRule["stages"] {
  const left = stages.map((scopes, at) => (at === stage ? scopes.filter((_, place) => place !== scope) : scopes));
  return left.filter((scopes: readonly Scope[]) => scopes.length > 0);
}

function comparePlaces(a: string, b: string): number {
  const [fileA, lineA] = split(a);
  const [fileB, lineB] = split(b);
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  return lineA - lineB;
}

function split(place: string): [string, number] {
  const colon = place.lastIndexOf(":");
  return [place.slice(0, colon), Number(place.slice(colon + 1))];
}
