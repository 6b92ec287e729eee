/**
 * An index of the built-in rules, made when the program is built: names by content, and the sentences of claims.
 *
 * To tell a name or a sentence from the YAML takes half a second, ten times what a mail takes besides. So the build
 * writes down what the YAML says, with a hash of its bytes; where a file was edited since, or no index is there, the
 * index is not used and the YAML is read. Only what was found is trusted: other rules are looked up as before.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { rulesHash } from "../corpus/identity.js";
import { packageRoot } from "../rules/home.js";
import type { Architecture, Contract } from "../rules/vocabulary.js";

export interface RulesIndex {
  /** Of the bytes of all rule files. */
  bytes: string;
  /** Hash of each built-in architecture, by name. */
  architectures: Record<string, string>;
  /** Hash of contracts, by reference with parameters and the hash of the architecture. */
  contracts: Record<string, string>;
  /** The first cell of the claims that has an architecture and a contract, by their hashes. */
  cells: Record<string, string>;
  /** What the claim of a cell says, by the cell. */
  sentences: Record<string, string>;
}

const indexFile = (): string => path.join(packageRoot(), "dist", "rules", "index.json");

let known: RulesIndex | null | undefined;

/** The index, if it is of the files as they are; read once. */
export function rulesIndex(): RulesIndex | null {
  known ??= freshIndex();
  return known;
}

function freshIndex(): RulesIndex | null {
  if (!existsSync(indexFile())) return null;
  const index = JSON.parse(readFileSync(indexFile(), "utf8")) as RulesIndex;
  return index.bytes === hashOfFiles() ? index : null;
}

export function writeIndex(index: RulesIndex): void {
  writeFileSync(indexFile(), `${JSON.stringify(index, null, 1)}\n`);
}

/** Of names and bytes of all files that built-in rules are read from. */
export function hashOfFiles(): string {
  const hash = createHash("sha256");
  const root = path.join(packageRoot(), "rules");
  for (const folder of ["", "architectures", "contracts"]) {
    const names = readdirSync(path.join(root, folder)).sort();
    for (const name of names) {
      if (!name.endsWith(".yaml")) continue;
      hash
        .update(`${folder}/${name}\0`)
        .update(readFileSync(path.join(root, folder, name)))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

export const contractKey = (ref: string, architecture: Architecture): string => `${ref} on ${rulesHash(architecture)}`;

export const cellKey = (rules: { architecture: Architecture; contract: Contract }): string =>
  `${rulesHash(rules.architecture)} ${rulesHash(rules.contract)}`;
