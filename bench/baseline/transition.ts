/** Which row of the contract a change of an entry falls under. */

import {
  type Contract,
  type ContractRule,
  type EntryChange as EntryChangeName,
  type Level,
  TRANSITIONS,
  type Transition,
  transitionName,
} from "../../rules/vocabulary.js";
import type { ContextEntry, Entry, Role } from "./records.js";

/** A rule for one transition. */
export interface DutyRule {
  /** The transition: one row of the contract may serve several. */
  name: string;
  isContext: boolean;
  isStage2Table: boolean;
  by: ContractRule["by"];
  stages: ContractRule["stages"];
}

/** The rule for a table entry that was and is of these roles; null where no walk can tell the two apart. */
export function entryRule(
  contract: Contract,
  stage: 1 | 2,
  roles: { old: Role; now: Role },
  old: Entry,
  now: Entry,
): DutyRule | null {
  const level: Level = roles.old === "table" || roles.now === "table" ? "table" : "leaf";
  const change = entryChange(roles.old, roles.now, old, now);
  return change === null ? null : ruleFor(contract, { stage, level, change });
}

function entryChange(was: Role, is: Role, old: Entry, now: Entry): EntryChangeName | null {
  const wasPresent = was === "leaf" || was === "table";
  const isPresent = is === "leaf" || is === "table";
  if (!wasPresent || !isPresent) return presenceChange(was, is);
  if (was !== is) return is === "table" ? "split" : "collapse";
  if (old.target !== now.target || old.global !== now.global) return "retarget";
  return (old.permission & ~now.permission) !== 0 ? "loss" : "gain";
}

/** At least one of the two is not present. */
function presenceChange(was: Role, is: Role): EntryChangeName | null {
  if (was === is) return null;
  if (is === "malformed") return was === "absent" ? "np->malformed" : "p->malformed";
  if (is === "absent") return was === "malformed" ? "malformed->np" : "p->np";
  return was === "absent" ? "np->p" : "malformed->p";
}

export function contextRule(contract: Contract, old: ContextEntry, now: ContextEntry): DutyRule | null {
  const stage = 0;
  const level = "context";
  if (old.state === "present" && now.state === "present") {
    const isMoved = old.vm !== now.vm || old.domain !== now.domain;
    return ruleFor(contract, { stage, level, change: isMoved ? "domain" : "process" });
  }
  const role = (entry: ContextEntry): Role => (entry.state === "present" ? "leaf" : entry.state);
  const change = presenceChange(role(old), role(now));
  return change === null ? null : ruleFor(contract, { stage, level, change });
}

/** One object for each row and transition, so that duties can be told apart by it. */
const known = new Map<ContractRule, Map<string, DutyRule>>();

function ruleFor(contract: Contract, wanted: Transition): DutyRule | null {
  const at = TRANSITIONS.findIndex(
    ({ stage, level, change }) => stage === wanted.stage && level === wanted.level && change === wanted.change,
  );
  const row = contract.rules[at];
  if (row === undefined) return null;
  const rules = known.get(row) ?? new Map<string, DutyRule>();
  known.set(row, rules);
  const name = transitionName(wanted);
  const { by, stages } = row;
  const isStage2Table = wanted.stage === 2 && wanted.level === "table";
  const rule = rules.get(name) ?? { name, isContext: wanted.stage === 0, isStage2Table, by, stages };
  rules.set(name, rule);
  return rule;
}
