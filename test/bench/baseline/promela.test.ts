import { describe, expect, it } from "vitest";
import { concreteUnit } from "../../../bench/baseline/promela.js";
import { proofOf } from "../../../bench/prove.js";
import { hasSpin, Spin } from "../../../prove/spin.js";

describe("a unit written by hand in Promela", () => {
  it.each([
    { pages: 1, hosts: 2, negative: false, owes: { new: false, old: true } },
    { pages: 1, hosts: 2, negative: true, owes: { new: true, old: true } },
    { pages: 1, hosts: 2, negative: true, owes: { new: false, old: true } },
    { pages: 1, hosts: 1, negative: false, owes: { new: false, old: false } },
    { pages: 2, hosts: 2, negative: false, owes: { new: false, old: true } },
    { pages: 2, hosts: 1, negative: true, owes: { new: false, old: true } },
  ])("has the verdict of the proof: %o", (unit) => {
    // Where SPIN is missing, the prover's half is still said.
    const proved = proofOf(unit).verdict?.kind === "fails" ? "fails" : "holds";
    expect(proved).toBe(unit.owes.old && (unit.owes.new || !unit.negative) ? "holds" : "fails");
    if (!hasSpin()) {
      console.log("spin and gcc are not installed: its verdict is not compared");
      return;
    }
    const spin = new Spin(concreteUnit(unit), { optimise: false, megabytes: 600, depthFirst: true });
    const found = spin.run();
    spin.remove();
    expect(found).toBe(proved);
    expect(spin.states).toBeGreaterThan(0);
  });
});
