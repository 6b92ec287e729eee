/** Makes the index of the built-in rules (`rules-index.ts`) from the YAML; `npm run build` runs it. */

import { pathToFileURL } from "node:url";
import { rulesHash } from "../corpus/identity.js";
import {
  architectureNames,
  contractNames,
  contractUses,
  loadArchitecture,
  loadClaims,
  loadContract,
} from "../rules/load.js";
import type { Loaded } from "../rules/problems.js";
import type { Architecture } from "../rules/vocabulary.js";
import { contractRef } from "./built-in.js";
import { cellKey, contractKey, hashOfFiles, type RulesIndex, writeIndex } from "./rules-index.js";

export function makeIndex(): RulesIndex {
  const architectures = architectureNames().map((name) => given(loadArchitecture(name)));
  const index: RulesIndex = { bytes: hashOfFiles(), architectures: {}, contracts: {}, cells: {}, sentences: {} };
  for (const architecture of architectures) index.architectures[architecture.name] = rulesHash(architecture);
  for (const name of contractNames()) addContract(index, name, architectures);
  for (const { says, cells } of given(loadClaims())) {
    for (const cell of cells) {
      index.sentences[cell.id] = says;
      index.cells[cellKey(cell)] ??= cell.id;
    }
  }
  return index;
}

/** On the architectures that it is for, under each choice of its parameters. */
function addContract(index: RulesIndex, name: string, all: readonly Architecture[]): void {
  const { architectures, choices } = given(contractUses(name));
  for (const architecture of architectures.length > 0 ? architectures : all) {
    for (const choice of choices) {
      const contract = given(loadContract(name, choice, architecture));
      index.contracts[contractKey(contractRef(contract), architecture)] = rulesHash(contract);
    }
  }
}

function given<T>(loaded: Loaded<T>): T {
  if (loaded.ok) return loaded.value;
  throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) writeIndex(makeIndex());
