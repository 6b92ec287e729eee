/**
 * The contract of a cell on another architecture than the cell's.
 *
 * A loaded contract is cut to the caches that there are: on a unit with more of them it would owe too little. So it is
 * loaded again by its name. Rows that a claim has changed come along where they owe nothing, which is the same on every
 * architecture; where they owe something it cannot be told what they said before they were cut.
 */

import { sameRules } from "../corpus/identity.js";
import { contractRef } from "../report/built-in.js";
import { loadContract } from "../rules/load.js";
import type { Architecture, Cell, Contract } from "../rules/vocabulary.js";
import { must, refuse } from "./exit.js";

export function fitted(cell: Pick<Cell, "id" | "architecture" | "contract">, architecture: Architecture): Contract {
  const { contract } = cell;
  if (sameRules(architecture, cell.architecture)) return contract;
  const before = loadContract(contract.name, contract.parameters, cell.architecture);
  if (!before.ok) return tooLittleKnown(cell);
  const after = must(loadContract(contract.name, contract.parameters, architecture));
  const rules = after.rules.map((rule, at) => {
    const own = contract.rules[at];
    if (own === undefined) return tooLittleKnown(cell);
    if (sameRules(own, before.value.rules[at]!)) return rule;
    return own.stages.length === 0 ? own : tooLittleKnown(cell);
  });
  return { ...after, rules };
}

function tooLittleKnown({ id, contract }: Pick<Cell, "id" | "contract">): never {
  return refuse(
    `--architecture: ${id} has rules of its own under contract ${contractRef(contract)}; another architecture needs ` +
      `a contract that is complete; name one too, e.g. --contract "${contractRef(contract)}"`,
  );
}
