import { describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { fitted } from "../../cli/fitted.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { type Architecture, TRANSITIONS } from "../../rules/vocabulary.js";
import { complaint } from "./run.js";

function unit(name: string): Architecture {
  const loaded = loadArchitecture(name);
  if (!loaded.ok) throw new Error(name);
  return loaded.value;
}

describe("a contract on another architecture", () => {
  it("is the same where the architecture is", () => {
    const cell = cellWith("T5c.riscv", {});
    expect(fitted(cell, unit("riscv"))).toBe(cell.contract);
  });

  it("is loaded anew, so that it owes what the caches there ask for", () => {
    const cell = cellWith("T5.riscv", {});
    const whole = loadContract("riscv", { flag: "0" }, unit("riscv-ats"));
    expect(fitted(cell, unit("riscv-ats"))).toEqual(whole.ok && whole.value);
  });

  it("keeps the rows of a claim that owe nothing", () => {
    const cell = cellWith("T5c.riscv", {});
    const now = fitted(cell, unit("riscv-ats"));
    const gain = TRANSITIONS.findIndex((_, at) => cell.contract.rules[at]!.id === "gain-elided");
    expect(now.rules[gain]).toEqual(cell.contract.rules[gain]);
    expect(now.rules.some(({ stages }) => stages.flat().some(({ caches }) => caches.includes("device-tlb")))).toBe(
      true,
    );
  });

  it("is refused where a claim's own row owes something, or the contract has no name that loads", () => {
    const own = cellWith("T14.leaf", {});
    expect(complaint(() => fitted(own, unit("vtd-legacy-ats")))).toMatchObject({
      code: 2,
      text: expect.stringMatching(/^--architecture: T14\.leaf has rules of its own under contract vtd-legacy cm=1; /),
    });
    const stored = { ...own, contract: { ...own.contract, name: "gone" } };
    expect(complaint(() => fitted(stored, unit("riscv"))).code).toBe(2);
  });
});
