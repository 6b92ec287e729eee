/** Which row of the contract a change of an entry falls under. */

import {
  type Contract,
  type ContractRule,
  type EntryChange as EntryChangeName,
  type Level,
  TRANSITIONS,
  type Transition,
} from "../../rules/vocabulary.js";
import type { ContextEntry, Entry, Role } from "./records.js";

/** The rule for a table entry that was and is of these roles; null where no walk can tell the two apart. */
export function entryRule(
  contract: Contract,
  stage: 1 | 2,
  roles: { old: Role; now: Role },
  old: Entry,
  now: Entry,
): ContractRule | null {
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

export function contextRule(contract: Contract, old: ContextEntry, now: ContextEntry): ContractRule | null {
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

function ruleFor(contract: Contract, wanted: Transition): ContractRule | null {
  const at = TRANSITIONS.findIndex(
    ({ stage, level, change }) => stage === wanted.stage && level === wanted.level && change === wanted.change,
  );
  return contract.rules[at] ?? null;
}
