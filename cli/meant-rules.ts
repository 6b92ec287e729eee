/**
 * The rules that a mail means: those it names, with its rule lines put in, and held against their hashes.
 *
 * A mail is replayed without the corpus, perhaps by another version of the rules. Where what is installed is not what
 * the sequence was found under, that is said with the file that differs, and nothing is run. A flag that names other
 * rules is meant so: what the header says about the rules it replaces does not count then.
 */

import type { SequenceHeader } from "../commands/language.js";
import { rulesHash } from "../corpus/identity.js";
import { type BadLine, changedArchitecture, changedContract, ruleLineKind } from "../rules/difference.js";
import { isPath } from "../rules/home.js";
import type { Architecture, Contract } from "../rules/vocabulary.js";
import type { RuleChanges, RuleRefs } from "./cells.js";
import { refuse } from "./exit.js";
import type { HeaderPlaceOf } from "./setting.js";

/** What the rule lines of a header change. */
export function ruleChanges({ rule = [] }: SequenceHeader, flags: RuleRefs, placeOf: HeaderPlaceOf): RuleChanges {
  const odd = rule.findIndex((line) => ruleLineKind(line) === undefined);
  if (odd >= 0)
    unreadable({ index: odd, seen: "no rule line", known: "contract ROW = RULE, architecture ROW = FIELDS" }, placeOf);
  const made = <T>(result: { ok: true; value: T } | { ok: false; bad: BadLine }): T =>
    result.ok ? result.value : unreadable(result.bad, placeOf);
  return {
    architecture: (base) => (flags.architecture === undefined ? made(changedArchitecture(base, rule)) : base),
    contract: (base) => (flags.contract === undefined ? made(changedContract(base, rule)) : base),
  };
}

function unreadable({ index, seen, known }: BadLine, placeOf: HeaderPlaceOf): never {
  return refuse(`${placeOf("rule", index)}: NF221 ${seen}; known: ${known}; take the line as it was sent`);
}

/** Refuses rules that have another content than the header says. */
export function checkHashes(
  header: SequenceHeader,
  rules: { architecture: Architecture; contract: Contract },
  flags: RuleRefs,
  placeOf: HeaderPlaceOf,
): void {
  for (const kind of ["architecture", "contract"] as const) {
    const stated = header.hash?.find((word) => word.startsWith(`${kind}=`))?.slice(kind.length + 1);
    // A contract is cut to the caches of its architecture: with another one it is another.
    const isReplaced = flags[kind] !== undefined || flags.architecture !== undefined;
    if (stated === undefined || isReplaced) continue;
    const installed = rulesHash(rules[kind]);
    if (installed !== stated) refuse(otherRules(kind, header, rules[kind].name, { stated, installed }, placeOf));
  }
}

function otherRules(
  kind: "architecture" | "contract",
  header: SequenceHeader,
  name: string,
  { stated, installed }: { stated: string; installed: string },
  placeOf: HeaderPlaceOf,
): string {
  const ref = header[kind]?.split(" ")[0] ?? name;
  const file =
    header.claim !== undefined
      ? `rules/claims.yaml (cell ${header.claim}) or rules/${kind}s/${name}.yaml`
      : isPath(ref)
        ? ref
        : `rules/${kind}s/${ref}.yaml`;
  const flag = kind === "contract" ? (header.contract ?? name) : ref;
  const own = header.id === undefined ? "" : `replay ${header.id} from a corpus that keeps its rules; or `;
  return (
    `${placeOf("hash")}: NF220 the ${kind} ${name} that is installed has the content ${installed}, the sequence was ` +
    `found under ${stated}; known: ${file}, or a file that it extends, is of another version; ${own}run it under ` +
    `what is installed: --${kind} "${flag}"`
  );
}
