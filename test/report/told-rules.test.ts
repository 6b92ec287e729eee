/** How a mail tells its rules. */

import { describe, expect, it } from "vitest";
import { rulesHash } from "../../corpus/identity.js";
import { builtInNames } from "../../report/built-in.js";
import { toldRules } from "../../report/told-rules.js";
import { loadClaims } from "../../rules/load.js";
import type { RunCell } from "../../search/runner.js";
import { cellOf, cellOwing } from "../corpus/failures.js";

const told = (cell: Pick<RunCell, "architecture" | "contract">) => toldRules(cell, builtInNames(cell));

describe("toldRules", () => {
  it("names built-in rules, with their hashes", () => {
    const cell = cellOf();
    const hash = [`architecture=${rulesHash(cell.architecture)}`, `contract=${rulesHash(cell.contract)}`];
    expect(told(cell)).toEqual({ header: { architecture: "tiny", contract: "never", hash }, untold: [] });
  });

  it("names the cell of a claim that changes rows", () => {
    const claims = loadClaims();
    const cells = claims.ok ? claims.value.flatMap((claim) => claim.cells) : [];
    const { header, untold } = told(cells.find(({ id }) => id === "T5c.riscv")!);
    expect({ claim: header.claim, rule: header.rule, untold }).toEqual({
      claim: "T5c.riscv",
      rule: undefined,
      untold: [],
    });
  });

  it("tells rules of one's own as what they change", () => {
    const cell = cellOwing("s1-leaf", () => []);
    expect(told(cell).header).toMatchObject({
      contract: "tiny",
      rule: ["contract 1 leaf p->np/retarget/loss/gain/p->malformed = s1-leaf by=guest owes none"],
    });
  });

  it("takes the nearest of the built-in ones, whatever the name", () => {
    const cell = cellOf({ under: "always" });
    const own = { ...cell, contract: { ...cell.contract, name: "mine" } };
    expect(told(own).header).toMatchObject({ contract: "always", rule: ["contract name = mine"] });
  });

  it("tells an architecture of one's own", () => {
    const cell = cellOf();
    const own = { ...cell, architecture: { ...cell.architecture, name: "mine", queue: "ordered" as const } };
    expect(told(own)).toMatchObject({
      header: { architecture: "tiny", rule: ["architecture name = mine", "architecture queue = ordered"] },
      untold: [],
    });
  });

  it("says what no line can tell, and then names rules that are not there", () => {
    const cell = cellOf();
    const own = { ...cell, contract: { ...cell.contract, name: "never", parameters: { cm: "a b" } } };
    expect(told(own)).toMatchObject({ header: { contract: "changed-never" }, untold: ["contract"] });
  });
});
