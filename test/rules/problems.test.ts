import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CODES, formatProblem, loaded, type Problem, tidyProblems } from "../../rules/problems.js";

const problem = (line: number, column = 1, file = "a.yaml"): Problem => ({
  file,
  line,
  column,
  code: "NF112",
  message: "seen; known; mend",
});

describe("problems", () => {
  it("print as file, line, column, code and message", () => {
    expect(formatProblem(problem(3, 7))).toBe("a.yaml:3:7: NF112 seen; known; mend");
  });

  it("are sorted by place, each once", () => {
    const mixed = [problem(10), problem(9), problem(9, 2), problem(9), problem(1, 1, "B.yaml")];
    expect(tidyProblems(mixed).map(formatProblem)).toEqual([
      "B.yaml:1:1: NF112 seen; known; mend",
      "a.yaml:9:1: NF112 seen; known; mend",
      "a.yaml:9:2: NF112 seen; known; mend",
      "a.yaml:10:1: NF112 seen; known; mend",
    ]);
  });

  it("are counted beyond the first 200", () => {
    const many = Array.from({ length: 250 }, (_, at) => problem(at + 1));
    const shown = tidyProblems(many);
    expect(shown.length).toBe(201);
    expect(formatProblem(shown[200]!)).toBe(
      "a.yaml:201:1: NF100 50 further problems; the first 200 are shown; mend these first",
    );
  });

  it("make a load fail, and a load that fails has some", () => {
    expect(loaded(1, [])).toEqual({ ok: true, value: 1 });
    expect(loaded(1, [problem(1)]).ok).toBe(false);
    expect(() => loaded(undefined, [])).toThrow("gave up without a problem");
  });

  it("have codes that the documentation lists, each with its meaning", () => {
    const page = readFileSync("docs/rules.md", "utf8");
    for (const [code, meaning] of Object.entries(CODES)) expect(page).toContain(`| ${code} | ${meaning} |`);
  });
});
