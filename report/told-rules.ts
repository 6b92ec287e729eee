/**
 * How a mail tells its rules: by name where they are built in, else by what they say otherwise than built-in ones.
 *
 * Either way a hash of their content stands beside it, so that a reader with another version of the rules learns that.
 * What a difference makes is compared here with what was meant, before it is sent.
 */

import type { SequenceHeader } from "../commands/language.js";
import type { Entry } from "../corpus/entry.js";
import { rulesHash } from "../corpus/identity.js";
import {
  type Applied,
  architectureDifference,
  changedArchitecture,
  changedContract,
  contractDifference,
} from "../rules/difference.js";
import { architectureNames, contractNames, loadArchitecture, loadContract } from "../rules/load.js";
import { contractRef, ownName, type RuleNames } from "./built-in.js";

export interface ToldRules {
  header: Pick<SequenceHeader, "claim" | "architecture" | "contract" | "hash" | "rule">;
  /** What cannot be told: neither built in nor made from what is. */
  untold: ("architecture" | "contract")[];
}

export function toldRules(entry: Pick<Entry, "architecture" | "contract">, names: RuleNames): ToldRules {
  const { architecture, contract } = entry;
  const hash = [`architecture=${rulesHash(architecture)}`, `contract=${rulesHash(contract)}`];
  if (names.claim !== null) return { header: { claim: names.claim, hash }, untold: [] };
  const tellings = {
    architecture: names.architecture === null ? nearestArchitecture(entry) : { ref: names.architecture, lines: [] },
    contract: names.contract === null ? nearestContract(entry) : { ref: names.contract, lines: [] },
  };
  const rule = [...(tellings.architecture?.lines ?? []), ...(tellings.contract?.lines ?? [])];
  // Rules that cannot be told are named all the same: a replay then refuses, where without the line it would go on
  // under other rules.
  const header = {
    architecture: tellings.architecture?.ref ?? ownName(architecture.name, architectureNames()),
    contract: tellings.contract?.ref ?? ownName(contract.name, contractNames()),
    hash,
    ...(rule.length === 0 ? {} : { rule }),
  };
  return { header, untold: (["architecture", "contract"] as const).filter((kind) => tellings[kind] === null) };
}

/** A built-in reference, and the rule lines that make the meant rules from it. */
interface Telling {
  ref: string;
  lines: string[];
}

/** A base of the same name with so few differences is near enough: loading all others takes a second. */
const FEW = 8;

function nearestArchitecture({ architecture }: Pick<Entry, "architecture">): Telling | null {
  return nearest(architecture.name, architectureNames(), (name) => {
    const base = loadArchitecture(name);
    if (!base.ok) return null;
    const lines = architectureDifference(base.value, architecture);
    return { ref: name, lines, isRight: () => makes(changedArchitecture(base.value, lines), architecture) };
  });
}

/** With the parameters of the contract where the built-in one has them too. */
function nearestContract({ architecture, contract }: Pick<Entry, "architecture" | "contract">): Telling | null {
  return nearest(contract.name, contractNames(), (name) => {
    const given = loadContract(name, contract.parameters, architecture);
    const base = given.ok ? given : loadContract(name, {}, architecture);
    if (!base.ok) return null;
    const lines = contractDifference(base.value, contract);
    const isRight = (): boolean => makes(changedContract(base.value, lines), contract);
    return { ref: contractRef(base.value), lines, isRight };
  });
}

/** The shortest telling that is right; of equally short ones the first by name. */
function nearest(
  own: string,
  names: readonly string[],
  tell: (name: string) => (Telling & { isRight: () => boolean }) | null,
): Telling | null {
  const same = names.includes(own) ? tell(own) : null;
  if (same !== null && same.lines.length <= FEW && same.isRight()) return same;
  const tellings = names.flatMap((name) => tell(name) ?? []);
  const ranked = tellings.sort((a, b) => a.lines.length - b.lines.length);
  return ranked.find(({ isRight }) => isRight()) ?? null;
}

function makes(made: Applied<unknown>, meant: unknown): boolean {
  return made.ok && rulesHash(made.value) === rulesHash(meant);
}
