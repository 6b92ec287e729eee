import { describe, expect, it } from "vitest";
import { flagWords, quotedWord } from "../../report/shell.js";

describe("words of a shell", () => {
  it("are quoted where they need it, quotes included", () => {
    expect(["T1", "a/b-c_d.e:f=1,2", "", "a b", "it's", "$(x)", "--flag"].map(quotedWord)).toEqual([
      "T1",
      "a/b-c_d.e:f=1,2",
      "''",
      "'a b'",
      "'it'\\''s'",
      "'$(x)'",
      "--flag",
    ]);
  });

  it("have a flag before each value that is there", () => {
    const values: Record<"a" | "b" | "c", string | null | undefined> = { a: "1", b: null, c: undefined };
    expect(flagWords(values, ["a", "b", "c"])).toEqual(["--a", "1"]);
  });
});
