/**
 * The fifty reductions of real bugs: under a right contract none of them is a violation, under no contract most are.
 *
 * What they lack under `never` lies in a unit or a strategy that was wrong, not in a contract; those are listed.
 */

import { describe, expect, it } from "vitest";
import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { Runner } from "../../search/runner.js";
import { BUG_SEQUENCES } from "../commands/bugs.sequences.js";
import { cell } from "../properties/cells.js";

function verdicts(contract: string, architecture: string): string[] {
  const runner = new Runner(cell(contract, PROPERTY_NAMES, ["hardware", "envelope"], architecture));
  return BUG_SEQUENCES.filter((bug) => {
    const parsed = parseCommands(bug.form ?? bug.given);
    return !parsed.ok || runner.runCommands(encodeAll(parsed.commands)) !== null;
  }).map((bug) => bug.id);
}

describe("sequences of real bugs", () => {
  it.each([
    ["tiny", "tiny"],
    ["always", "tiny"],
    ["vtd-scalable", "vtd-scalable-ats"],
    ["riscv", "riscv-ats"],
  ])("are no violation under %s on %s", (contract, architecture) => {
    expect(verdicts(contract, architecture)).toEqual([]);
  });

  it("are violations where nothing is owed, unless the bug was the unit's own", () => {
    const failing = verdicts("never", "tiny");
    const others = BUG_SEQUENCES.map((bug) => bug.id).filter((id) => !failing.includes(id));
    expect(others).toEqual(["B15", "B16", "B17", "B33", "B34", "B38", "B43"]);
  });
});
