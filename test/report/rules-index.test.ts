import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { builtInNames, sentenceOf } from "../../report/built-in.js";
import { makeIndex } from "../../report/index-build.js";
import { contractKey, hashOfFiles, rulesIndex } from "../../report/rules-index.js";
import { packageRoot } from "../../rules/home.js";
import { loadClaims } from "../../rules/load.js";

const made = makeIndex();
const claims = loadClaims();
if (!claims.ok) throw new Error("the built-in claims do not load");
const cells = claims.value.flatMap((claim) => claim.cells.map((cell) => ({ cell, says: claim.says })));

describe("the index of the built-in rules", () => {
  it("is what the YAML says, where the build has written one of these files", () => {
    const file = path.join(packageRoot(), "dist", "rules", "index.json");
    expect(existsSync(file)).toBe(true);
    const written = JSON.parse(readFileSync(file, "utf8"));
    if (written.bytes !== hashOfFiles()) return expect(rulesIndex()).toBeNull();
    expect(written).toEqual(made);
    return expect(rulesIndex()).toEqual(made);
  });

  it("has the sentence of each cell", () => {
    expect(cells.map(({ cell }) => sentenceOf(cell.id))).toEqual(cells.map(({ says }) => says));
    expect(sentenceOf("toString")).toBeUndefined();
    expect(sentenceOf("")).toBeUndefined();
  });

  it("names the rules of each cell as the YAML does, or the cell that has them", () => {
    for (const { cell } of cells) {
      const { architecture, contract, claim } = builtInNames(cell);
      if (architecture === null || contract === null) expect(claim).not.toBeNull();
      else expect(made.contracts[contractKey(contract, cell.architecture)]).toBeDefined();
    }
  });

  it("names nothing that differs in a row", () => {
    const { cell } = cells[0]!;
    const [first, ...rest] = cell.contract.rules;
    const contract = { ...cell.contract, rules: [{ ...first!, id: "another" }, ...rest] };
    expect(builtInNames({ ...cell, contract }).contract).toBeNull();
    expect(builtInNames({ ...cell, architecture: { ...cell.architecture, name: "constructor" } })).toEqual({
      architecture: null,
      contract: builtInNames(cell).contract,
      claim: null,
    });
  });
});
