/**
 * The rules that a unit of QEMU is held against by default.
 */

import { loadArchitecture, loadContract, parseContractRef } from "../../rules/load.js";
import type { TargetCell } from "../../search/target-runner.js";
import type { UnitKind } from "../../targets/driver.js";

export function rulesOf(kind: UnitKind): TargetCell {
  const architecture = loadArchitecture(kind.architecture);
  const ref = parseContractRef(kind.contract);
  if (!architecture.ok || !ref.ok) throw new Error(`${kind.name}: its rules do not load`);
  const contract = loadContract(ref.value.ref, ref.value.parameters, architecture.value);
  if (!contract.ok) throw new Error(`${kind.name}: its contract does not load`);
  return { architecture: architecture.value, contract: contract.value };
}
