import { describe, expect, it } from "vitest";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { TRANSITIONS } from "../../rules/vocabulary.js";
import { rowsOf, transitionsOf, withoutScope, withStages } from "../../verdicts/rows.js";
import { must } from "../rules/files.js";

const tiny = must(loadContract("tiny", {}, must(loadArchitecture("tiny"))));

describe("the rows of a contract", () => {
  it("answer each transition once, in the order of the file", () => {
    const rows = rowsOf(tiny);
    expect(rows.map(({ id }) => id)).toEqual([
      "new-entry",
      "s1-leaf",
      "s1-table",
      "s2-leaf",
      "s2-table",
      "context-new",
      "context-domain",
      "context-process",
    ]);
    const answered = rows.flatMap(({ transitions }) => transitions);
    expect([...answered].sort((a, b) => a - b)).toEqual(TRANSITIONS.map((_, at) => at));
    expect(transitionsOf(rows[1]!).every(({ stage, level }) => stage === 1 && level === "leaf")).toBe(true);
  });

  it("leave out those that a choice of parameters puts out of force", () => {
    const ids = (cm: string) => rowsOf(must(loadContract("vtd-legacy", { cm }))).map(({ id }) => id);
    expect(ids("1")).toContain("s1-new-cm");
    expect(ids("0")).not.toContain("s1-new-cm");
  });

  it("change alone", () => {
    const row = rowsOf(tiny)[1]!;
    const less = withStages(tiny, row, []);
    for (const [at, rule] of less.rules.entries())
      expect(rule.stages).toEqual(rule.id === "s1-leaf" ? [] : tiny.rules[at]!.stages);
    const [first, second] = row.stages;
    expect(withoutScope(row.stages, 0, 0)).toEqual([second]);
    expect(withoutScope(row.stages, 1, 0)).toEqual([first]);
    expect(withoutScope([[...first!, ...second!]], 0, 1)).toEqual([first]);
  });
});
