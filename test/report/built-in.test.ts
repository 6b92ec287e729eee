/** Which rules a mail can name. */

import { describe, expect, it } from "vitest";
import { builtInNames, contractRef } from "../../report/built-in.js";
import { loadArchitecture, loadClaims, loadContract } from "../../rules/load.js";
import { cellOf, cellOwing } from "../corpus/failures.js";

describe("builtInNames", () => {
  it("names built-in rules by their content", () => {
    expect(builtInNames(cellOf())).toEqual({ architecture: "tiny", contract: "never", claim: null });
  });

  it("names parameters", () => {
    const architecture = loadArchitecture("vtd-legacy");
    const contract = architecture.ok ? loadContract("vtd-legacy", { cm: "1" }, architecture.value) : architecture;
    if (!architecture.ok || !contract.ok) throw new Error("vtd-legacy does not load");
    expect(contractRef(contract.value)).toBe("vtd-legacy cm=1");
    expect(builtInNames({ architecture: architecture.value, contract: contract.value })).toEqual({
      architecture: "vtd-legacy",
      contract: "vtd-legacy cm=1",
      claim: null,
    });
  });

  it("names the cell of a claim that changes a rule", () => {
    const claims = loadClaims();
    const cell = claims.ok
      ? claims.value.flatMap((claim) => claim.cells).find(({ id }) => id === "T5c.riscv")
      : undefined;
    expect(builtInNames(cell!)).toEqual({ architecture: "riscv", contract: null, claim: "T5c.riscv" });
  });

  it("does not take rules of the same name for the built-in ones", () => {
    const cell = cellOwing("s1-leaf", () => []);
    expect(builtInNames(cell)).toEqual({ architecture: "tiny", contract: null, claim: null });
    const ordered = { ...cellOf(), architecture: { ...cell.architecture, queue: "ordered" as const } };
    expect(builtInNames(ordered).architecture).toBeNull();
    const own = { ...cellOf(), contract: { ...cellOf().contract, name: "my-own" } };
    expect(builtInNames(own).contract).toBeNull();
  });

  it("does not mind sources", () => {
    const cell = cellOf();
    expect(builtInNames({ ...cell, contract: { ...cell.contract, summary: "x" } }).contract).toBe("never");
  });
});
