/** Why a shadow is wrong: what it keeps and what it did not hear. */

import { describe, expect, it } from "vitest";
import { stepReport } from "../../report/steps.js";
import type { HeldValue } from "../../report/why.js";
import type { RunCell } from "../../search/runner.js";
import { cellOf, cellOwing, entryOf } from "../corpus/failures.js";

function heldBy(text: string, cell: RunCell): HeldValue {
  const report = stepReport(entryOf(text, cell));
  if (!report.ok || report.value.why === null) throw new Error("no violation");
  return report.value.why.held[0]!;
}
const shadow = (given: Partial<RunCell> = {}): RunCell => cellOf({ strategies: ["shadow"], ...given });
const deaf = { followsStage2: false, evicts: false };

describe("explainShadow", () => {
  it("tells that it was read at the start, and what it keeps", () => {
    expect(heldBy("w g4[2]=leaf g10 rw", shadow())).toMatchObject({
      cache: "shadow",
      key: "c0 i2",
      value: "not present under v0 d0 p0 root g2",
      since: 0,
      origin: "read when the context was attached, at the start",
      staleSince: 1,
      survived: [],
    });
  });

  it("tells that an evicted page is not read again", () => {
    const cell = shadow({ shadow: { followsStage2: true, evicts: true } });
    expect(heldBy("dma r c0 i0\nevict c0 i0", cell)).toMatchObject({
      since: 2,
      origin: "dropped by step 2 (evict c0 i0)",
    });
  });

  it("says which commands it did not obey, and why", () => {
    const cell = cellOwing("s1-leaf", (stages) => stages.slice(0, 1), { strategies: ["shadow"] });
    const text = "w g4[0]=-\ninv iotlb d0 p0 i0";
    expect(() => heldBy(`${text}\nfence`, cell)).toThrow();
    const host = cellOwing("s2-leaf", (stages) => stages.slice(1, 2), { strategies: ["shadow"], shadow: deaf });
    expect(heldBy("s2 d0 g8=-\nhost inv iotlb all\nfence", host)).toMatchObject({
      value: "g8 rw under v0 d0 p0 root g2",
      survived: [{ step: 2, removes: false, reason: "a shadow hears none of the host's" }],
    });
    const process = cellOwing("context-process", () => [], { strategies: ["shadow"] });
    expect(heldBy("inv pasid c1\nfence\nctx c0 root=g3", process).staleSince).toBe(3);
  });

  it("gives the step at which it was read again", () => {
    const cell = cellOwing("new-entry", () => [], { strategies: ["shadow"] });
    const held = heldBy("w g4[0]=-\ninv iotlb d0 p0 i0\nfence\nw g4[0]=leaf g9 rw", {
      ...cell,
      contract: {
        ...cell.contract,
        rules: cell.contract.rules.map((rule) =>
          rule.id === "new-entry" ? rule : { ...rule, stages: rule.stages.slice(0, 1) },
        ),
      },
    });
    expect(held).toMatchObject({ since: 3, origin: "read again at step 3 (fence)", staleSince: 4 });
  });
});
