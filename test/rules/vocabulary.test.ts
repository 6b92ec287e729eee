import { describe, expect, it } from "vitest";
import { TRANSITIONS, transitionName, unreachable } from "../../rules/vocabulary.js";

describe("transitions", () => {
  it("have different names", () => {
    expect(new Set(TRANSITIONS.map(transitionName)).size).toBe(TRANSITIONS.length);
  });

  it("leave out what cannot happen: a leaf has no table below, a table entry is present on one side", () => {
    const names = TRANSITIONS.map(transitionName);
    expect(names).toContain("stage 1 table split");
    expect(names).not.toContain("stage 1 leaf split");
    expect(names).toContain("stage 2 leaf np->malformed");
    expect(names).not.toContain("stage 2 table np->malformed");
    expect(names).toContain("context domain");
  });
});

describe("unreachable", () => {
  it("throws, should it be reached", () => {
    expect(() => unreachable("new" as never)).toThrow("unreachable: new");
  });
});
