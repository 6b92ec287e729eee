/**
 * From the rows of a claims file to claims whose cells hold their architecture and contract.
 *
 * Mistakes in a reference are reported at the cell; mistakes inside a file that it names are reported in that file,
 * once, however many cells name it. An architecture is loaded once for all its cells, a contract once for each cell,
 * since a cell may change its rules.
 */

import { type ContractFamily, choose, instantiate } from "./contract.js";
import { type Loaded, type Problem, problemAt, type Spot } from "./problems.js";
import type { CellRow, ClaimRow, ClaimsFile, RuleRow } from "./rows.js";
import { type Architecture, type Cell, type Claim, DEFAULT_SHADOW } from "./vocabulary.js";

/** How references are looked up; given by `load.ts`, relative to the claims file. */
export interface ClaimContext {
  problems: Problem[];
  architecture(ref: string, spot: Spot): Architecture | undefined;
  family(ref: string, spot: Spot, patch: readonly RuleRow[]): ContractFamily | undefined;
  parse(text: string): Loaded<{ ref: string; parameters: Record<string, string> }>;
}

export function settleClaims(file: ClaimsFile, context: ClaimContext): Claim[] {
  const architectures = new Map<string, Architecture | undefined>();
  return file.claims.flatMap((row) => settleClaim(row, architectures, context));
}

function settleClaim(
  row: ClaimRow,
  architectures: Map<string, Architecture | undefined>,
  context: ClaimContext,
): Claim[] {
  const cells = row.cells.flatMap((cell) => settleCell(cell, architectures, context));
  const { id, says, source } = row;
  return says === undefined || source === undefined ? [] : [{ id, says, source, cells }];
}

function settleCell(row: CellRow, architectures: Map<string, Architecture | undefined>, context: ClaimContext): Cell[] {
  const { id, strategies, properties, expected, why } = row;
  if (row.architecture === undefined || row.contract === undefined) return [];
  const ref = row.architecture.value;
  if (!architectures.has(ref)) architectures.set(ref, context.architecture(ref, row.architecture.spot));
  const architecture = architectures.get(ref);
  const contract = settleContract(row, row.contract.value, row.contract.spot, architecture, context);
  if (architecture === undefined || contract === undefined) return [];
  // The others were reported when the file was read.
  if (!strategies || !properties || !expected || !why) return [];
  const shadow = row.shadow?.value ?? DEFAULT_SHADOW;
  const proofs = row.proofs === undefined ? {} : { proofs: row.proofs };
  return [{ id, architecture, contract, strategies, shadow, properties, expected, why, ...proofs }];
}

function settleContract(
  row: CellRow,
  text: string,
  spot: Spot,
  architecture: Architecture | undefined,
  context: ClaimContext,
) {
  const parsed = context.parse(text);
  if (!parsed.ok) {
    for (const problem of parsed.problems) context.problems.push(problemAt(spot, problem));
    return undefined;
  }
  const family = context.family(parsed.value.ref, spot, row.rules);
  if (family === undefined) return undefined;
  const choice = choose(family, new Map(Object.entries(parsed.value.parameters)), spot, context.problems);
  return instantiate(family, choice, architecture, context.problems);
}
