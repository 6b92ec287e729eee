import { describe, expect, it } from "vitest";
import { groundsOf, groundsText } from "../../report/grounds.js";
import { cell } from "../properties/cells.js";

const on = (contract: string, architecture: string) => cell(contract, ["agreement"], ["envelope"], architecture);

describe("what a cell rests on", () => {
  it("is nothing where every row is somebody's specification", () => {
    expect(groundsText(on("tiny", "tiny"))).toBe("");
  });

  it("names caches, commands and rules that are less than that, each once", () => {
    const grounds = groundsOf(on("riscv", "riscv"));
    expect(grounds.get("inferred")).toEqual(expect.arrayContaining(["s1-table", "s2-leaf", "inv s2 on walk"]));
    expect(new Set(grounds.get("inferred")).size).toBe(grounds.get("inferred")!.length);
    expect(grounds.get("memory")).toEqual([]);
    expect(groundsText(on("riscv", "riscv"))).toMatch(/^inferred: .*s1-table/);
  });

  it("tells what is from memory apart", () => {
    expect(groundsText(on("vtd-scalable", "vtd-scalable"))).toMatch(/from memory: cache walk, /);
  });
});
