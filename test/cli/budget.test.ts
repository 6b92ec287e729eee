import { describe, expect, it } from "vitest";
import { budgetFrom, DEFAULT_COMMANDS } from "../../cli/budget.js";
import { complaint } from "./run.js";

const cells = (count: number) => Array.from({ length: count }, () => ({ expected: "unrefuted" as const }));

describe("a budget", () => {
  it("is the default, a number for every cell, or a list with one for each", () => {
    const mixed = [{ expected: "unrefuted" as const }, { expected: "fails" as const }];
    expect(budgetFrom({}, mixed)).toEqual({ commands: [DEFAULT_COMMANDS, 20 * DEFAULT_COMMANDS], seconds: undefined });
    expect(budgetFrom({ commands: "7" }, mixed).commands).toEqual([7, 7]);
    expect(budgetFrom({ commands: "7" }, cells(3)).commands).toEqual([7, 7, 7]);
    expect(budgetFrom({ commands: "7,8,9" }, cells(3)).commands).toEqual([7, 8, 9]);
  });

  it("is time alone where only seconds are named, else whichever ends first", () => {
    expect(budgetFrom({ seconds: "3" }, cells(1))).toEqual({ commands: [Number.POSITIVE_INFINITY], seconds: 3 });
    expect(budgetFrom({ seconds: "3", commands: "5" }, cells(1))).toEqual({ commands: [5], seconds: 3 });
  });

  it.each(["0", "-1", "1.5", "1e3", "abc", "", " 1", "0x10", "1,,2", "1,0,1"])("is refused for %j", (commands) => {
    const { code, text } = complaint(() => budgetFrom({ commands }, cells(3)));
    expect(code).toBe(2);
    expect(text).toMatch(/^--commands: ".*" is no number to search by; known: whole numbers from 1 on; e\.g\. .*\n$/);
  });

  it("is refused for a list that does not fit the cells", () => {
    expect(complaint(() => budgetFrom({ commands: "1,2" }, cells(3))).text).toMatch(
      /^--commands: 2 numbers, and 3 cells; /,
    );
  });
});
