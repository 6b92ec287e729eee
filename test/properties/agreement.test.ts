import { describe, expect, it } from "vitest";
import { cell, runText } from "./cells.js";

describe("agreement", () => {
  it("is broken when a settled request may still get the old page", () => {
    const { failure } = runText(cell("never", ["agreement"]), "w g4[0]=leaf g9 rw");
    expect(failure).toMatchObject({
      step: 0,
      violation: {
        property: "agreement",
        strategy: "envelope",
        context: 0,
        page: 0,
        expected: 9,
        actual: 8,
        severity: "wrong-page",
      },
    });
  });

  it("is silent while the invalidation is owed, and counts the stale answer as its witness", () => {
    const { failure, runner } = runText(cell("tiny", ["agreement"]), "w g4[0]=leaf g9 rw");
    expect(failure).toBeNull();
    expect(runner.checker.properties[0]!.seen).toBeGreaterThan(0);
  });

  it("is broken by a concrete unit that does not execute its commands", () => {
    const text = "dma r c0 i0; w g4[0]=-; inv iotlb d0 p0 i0; fence; inv dev c0 i0; fence";
    expect(runText(cell("tiny", ["agreement"], ["hardware"]), text).failure).toBeNull();
    const { failure } = runText(cell("tiny", ["agreement"], ["hardware"]), text, ({ machine }) => {
      machine.hardware!.fenced = () => {};
    });
    expect(failure).toMatchObject({ step: 5, violation: { strategy: "hardware", severity: "stale-access" } });
  });

  it("is broken by a shadow that misses a refresh", () => {
    const text = "w g4[0]=leaf g9 rw; inv iotlb d0 p0 i0; fence; inv dev c0 i0; fence";
    expect(runText(cell("tiny", ["agreement"], ["shadow"]), text).failure).toBeNull();
    const { failure } = runText(cell("tiny", ["agreement"], ["shadow"]), text, ({ machine }) => {
      machine.shadow!.fenced = () => {};
    });
    expect(failure).toMatchObject({ step: 4, violation: { strategy: "shadow", expected: 9, actual: 8 } });
  });

  it("names a lost permission as such and a fault that should not be as spurious", () => {
    const lost = runText(cell("never", ["agreement"]), "w g4[0]=leaf g8 r").failure;
    expect(lost).toMatchObject({ violation: { access: 1, severity: "stale-permission" } });
    const gained = runText(cell("never", ["agreement"]), "w g4[2]=leaf g8 r; w g4[2]=leaf g8 rw").failure;
    expect(gained).toMatchObject({ step: 1, violation: { access: 1, severity: "spurious-fault" } });
  });
});
