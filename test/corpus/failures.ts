/**
 * Real failures for the tests of corpus and report: short sequences on the toy architecture under the empty contract.
 */

import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import type { Entry } from "../../corpus/entry.js";
import { makeEntry } from "../../corpus/make.js";
import { geometryOf } from "../../models/geometry.js";
import { allContexts } from "../../models/start.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { type CacheName, type ContractRule, DEFAULT_SHADOW } from "../../rules/vocabulary.js";
import { type RunCell, Runner } from "../../search/runner.js";

export const FOUND = { seed: "seed of the tests", run: 3, version: "0.1.0", lengthBefore: 41 };

/** The rules of a cell by name; `tiny` under the empty contract unless told otherwise. */
export function cellOf(given: Partial<RunCell> & { on?: string; under?: string } = {}): RunCell {
  const { on = "tiny", under = "never", ...rest } = given;
  const architecture = loadArchitecture(on);
  if (!architecture.ok) throw new Error(architecture.problems[0]!.message);
  const contract = loadContract(under, {}, architecture.value);
  if (!contract.ok) throw new Error(contract.problems[0]!.message);
  return {
    architecture: architecture.value,
    contract: contract.value,
    strategies: ["envelope"],
    shadow: DEFAULT_SHADOW,
    properties: ["agreement"],
    ...rest,
  };
}

export function commandsOf(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(parsed.errors[0]!.message);
  return encodeAll(parsed.commands);
}

/** The entry of the failure that `text` must lead to. */
export function entryOf(text: string, cell: RunCell & { id?: string } = cellOf(), geometryText?: string): Entry {
  const geometry = geometryOf(geometryText);
  const start = allContexts(geometry);
  const commands = commandsOf(text);
  const failure = new Runner(cell, geometry, start).runCommands(commands);
  if (failure === null) throw new Error(`nothing is broken by: ${text}`);
  return makeEntry({ cell, geometry, start, commands, failure, found: FOUND, minimal: null });
}

type Stages = ContractRule["stages"];

/** The toy contract with what one rule owes changed: a mistake that a designer might make. */
export function cellOwing(id: string, change: (stages: Stages) => Stages, given: Partial<RunCell> = {}): RunCell {
  const cell = cellOf({ under: "tiny", ...given });
  const rules = cell.contract.rules.map((rule) => (rule.id === id ? { ...rule, stages: change(rule.stages) } : rule));
  return { ...cell, contract: { ...cell.contract, rules } };
}

/** `stages` without the scopes that name `cache`. */
function without(cache: CacheName): (stages: Stages) => Stages {
  return (stages) =>
    stages
      .map((stage) =>
        stage
          .map((scope) => ({ ...scope, caches: scope.caches.filter((name) => name !== cache) }))
          .filter((scope) => scope.caches.length > 0),
      )
      .filter((stage) => stage.length > 0);
}

/** One short sequence a kind of mistake, with the cell that it breaks. */
export const FAILURES: readonly { name: string; text: string; cell: () => RunCell }[] = [
  { name: "retarget", text: "dma r c0 i0\nw g4[0]=leaf g9 rw", cell: cellOf },
  {
    name: "unmap-device-tlb-forgotten",
    text: "dma w c0 i0\nw g4[0]=-\ninv dev c1 all\ninv iotlb d0 p0 i0\nfence",
    cell: () => cellOwing("s1-leaf", without("device-tlb")),
  },
  { name: "permission-loss", text: "w g4[0]=leaf g8 r", cell: cellOf },
  {
    name: "table-unlinked-leaf-only",
    text: "dma r c0 i0\nw g2[0]=-\ninv iotlb d0 p0 [i0+4] leaf\nfence\ninv dev c0 all\nfence",
    cell: () => cellOwing("s1-table", without("walk")),
  },
  {
    name: "context-process-changed",
    text: "dma r c0 i0\nctx c0 root=g3\ninv iotlb d0 p0 all\nfence\ninv dev c0 all\nfence",
    cell: () => cellOwing("context-process", without("pasid")),
  },
  {
    name: "stage2-unmap",
    text: "dma r c0 i0\ns2 d0 g8=-\ninv iotlb d0 all\nfence\ninv dev all\nfence\ninv dev c2 all\nfence",
    cell: () => cellOwing("s2-leaf", without("stage2")),
  },
  {
    name: "one-fence",
    text: "dma r c0 i0\nw g4[0]=leaf g9 rw\ninv dev c0 i0\ninv iotlb d0 p0 i0\nfence\ndma r c0 i0",
    cell: () => cellOwing("s1-leaf", (stages) => [stages.flat()]),
  },
  { name: "shadow-map", text: "w g4[2]=leaf g10 rw\ndma r c0 i2", cell: () => cellOf({ strategies: ["shadow"] }) },
  {
    name: "shadow-evicted",
    text: "evict c0 i0",
    cell: () => cellOf({ strategies: ["shadow"], shadow: { followsStage2: true, evicts: true } }),
  },
  {
    name: "hardware-device-tlb",
    text: "dma r c0 i0\nw g4[0]=-\ninv iotlb d0 p0 [i0+2]\nfence\nprefetch c0 i1",
    cell: () => cellOwing("s1-leaf", without("device-tlb"), { strategies: ["hardware"] }),
  },
  {
    name: "stale-pointer",
    text: "dma r c0 i0\nw g2[0]=table g5",
    cell: () => cellOf({ properties: ["cache-validity"] }),
  },
];
