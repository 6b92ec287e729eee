import { describe, expect, it } from "vitest";
import { isShadowAlone } from "../../properties/refinement.js";
import { cell, runText } from "./cells.js";

describe("refinement", () => {
  it("lets hardware answer late while the envelope does", () => {
    const { failure, runner } = runText(cell("always", ["refinement"]), "dma r c0 i0; w g4[0]=leaf g9 rw; dma r c0 i0");
    expect(failure).toBeNull();
    expect(runner.checker.properties[0]!.seen).toBeGreaterThan(0);
  });

  it("is broken by hardware that keeps what a completed command removed, settled or not", () => {
    const text =
      "dma r c0 i0; w g4[0]=leaf g9 rw; inv iotlb d0 p0 all; inv ctx c0; inv pasid c0; fence; inv dev c0 all; fence";
    expect(runText(cell("always", ["refinement"]), text).failure).toBeNull();
    const { failure } = runText(cell("always", ["refinement"]), text, ({ machine }) => {
      machine.hardware!.fenced = () => {};
    });
    expect(failure).toMatchObject({ step: 7, violation: { property: "refinement", strategy: "hardware", actual: 8 } });
  });

  it("holds a shadow alone against the envelope of its architecture, which hears the guest only", () => {
    expect([isShadowAlone(["shadow"]), isShadowAlone(["shadow", "hardware"])]).toEqual([true, false]);
    const rules = cell("vtd-legacy", ["refinement"], ["shadow"], "vtd-legacy");
    expect(runText(rules, "w g4[2]=leaf g8 rw").failure).toMatchObject({ violation: { strategy: "shadow" } });
    const negative = cell("vtd-legacy", ["refinement"], ["shadow"], "vtd-legacy-cm");
    expect(runText(negative, "w g4[2]=leaf g8 rw; w g4[0]=-; host inv iotlb d0 all; fence").failure).toBeNull();
  });
});
