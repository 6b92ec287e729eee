/**
 * The cause of a failure: the row of the contract that owed too little, and the cache whose value outlived it.
 *
 * A thousand failures with one cause are one finding. Rows belong to the rules they stand in, so the cause has a hash
 * of these: a claim that changes a row of its own has causes of its own. Where no row is to blame (a shadow that
 * evicts), the row is empty; where no value is followed, the cache is the one that the property names, or the
 * strategy.
 */

import type { Entry } from "../corpus/entry.js";
import { rulesHash } from "../corpus/identity.js";
import { contractRef } from "../report/built-in.js";
import { stepReport } from "../report/steps.js";

export interface Cause {
  architecture: string;
  /** With parameters. */
  contract: string;
  /** Id of the row, and `file:line`; empty where no row is to blame. */
  row: string;
  at: string;
  /** The change that the row is for. */
  transition: string;
  cache: string;
  /** Of architecture and contract. */
  rules: string;
}

export function causeOf(entry: Entry): Cause {
  const { architecture, contract, failure } = entry;
  const steps = stepReport(entry);
  const why = steps.ok ? steps.value.why : null;
  return {
    architecture: architecture.name,
    contract: contractRef(contract),
    row: why?.failed?.id ?? "",
    at: why?.failed?.at ?? "",
    transition: why?.failed?.transition ?? "",
    cache: why?.held.at(-1)?.cache ?? failure.cache ?? failure.strategy,
    rules: rulesHash({ architecture, contract }),
  };
}

/** Equal for equal causes; the place of a row is for readers. */
export function causeKey({ rules, row, cache }: Cause): string {
  return `${rules} ${row} ${cache}`;
}
