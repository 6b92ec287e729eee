import { describe, expect, it } from "vitest";
import { must, orRefusal, print, refuse } from "../../cli/exit.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { captured, complaint } from "./run.js";

describe("refuse", () => {
  it("prints each line and ends with code 2", () => {
    expect(complaint(() => refuse("one", "two"))).toEqual({ code: 2, text: "one\ntwo\n" });
  });
});

describe("must", () => {
  it("gives the value", () => {
    expect(must({ ok: true, value: 7 })).toBe(7);
  });

  it("puts the place where a reference was written in front of what is wrong with it", () => {
    const said = { ref: "riskv", place: "mail.txt:3:15" };
    expect(complaint(() => must(loadArchitecture("riskv"), said)).text).toMatch(/^mail\.txt:3:15: NF130 /);
    const withParameters = { ref: "riscv flag=9", place: "--contract" };
    expect(complaint(() => must(loadContract("riscv", { flag: "9" }), withParameters)).text).toMatch(
      /^--contract: NF154 /,
    );
  });

  it("keeps the place of what is wrong in a file", () => {
    const problem = { file: "my.yaml", line: 1, column: 1, code: "NF111", message: "m" } as const;
    const said = { ref: "my.yaml", place: "--contract" };
    expect(complaint(() => must({ ok: false, problems: [problem] }, said)).text).toBe("my.yaml:1:1: NF111 m\n");
  });
});

describe("print", () => {
  it("ends what it prints with one newline", () => {
    const out = captured("stdout");
    print("a");
    print("b\n");
    out.release();
    expect(out.text()).toBe("a\nb\n");
  });
});

describe("orRefusal", () => {
  it("gives the value, or what would have been printed, and prints nothing", () => {
    const err = captured("stderr");
    try {
      expect(orRefusal(() => 3)).toEqual({ ok: true, value: 3 });
      expect(orRefusal(() => refuse("a", "b"))).toEqual({ ok: false, lines: ["a", "b"] });
      expect(() => orRefusal(() => JSON.parse("{"))).toThrow(SyntaxError);
      expect(err.text()).toBe("");
      expect(() => refuse("c")).toThrow();
      expect(err.text()).toBe("c\n");
    } finally {
      err.release();
    }
  });
});
