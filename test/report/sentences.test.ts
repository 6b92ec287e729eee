/** The sentences of reports. */

import { describe, expect, it } from "vitest";
import { failureSentence, propertySentence, ruleSentence, whySentences } from "../../report/sentences.js";
import { stepReport } from "../../report/steps.js";
import { PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { entryOf, FAILURES } from "../corpus/failures.js";

const named = (name: string) => {
  const { text, cell } = FAILURES.find((failure) => failure.name === name)!;
  const report = stepReport(entryOf(text, cell()));
  if (!report.ok || report.value.why === null || report.value.failure === null) throw new Error("no violation");
  return { why: report.value.why, failure: report.value.failure };
};

describe("failureSentence", () => {
  it("tells what a strategy may give, gives, or holds", () => {
    expect(failureSentence(named("retarget").failure)).toBe(
      "the envelope may give h8 for the read of c0 i0, the oracle gives h9",
    );
    expect(failureSentence(named("hardware-device-tlb").failure)).toBe(
      "the hardware gives h8 for the read of c0 i0, the oracle gives fault (stage 1, not present)",
    );
    expect(failureSentence(named("stale-pointer").failure)).toBe(
      "the walk cache (envelope) may hold what no walk gives now, for the read of c0 i0",
    );
    const refined = { ...named("shadow-map").failure, property: "refinement" as const };
    expect(failureSentence(refined)).toBe(
      "the shadow gives fault (stage 1, not present) for the read of c0 i2, which its envelope does not allow, the oracle gives h10",
    );
  });
});

describe("whySentences", () => {
  it("ends with the rule that owes none where nothing was sent", () => {
    const { why } = named("retarget");
    expect(whySentences(why, "envelope")).toEqual([
      "The device TLB may hold h8 rw for c0 i0: fetched by the walk of step 1 (dma r c0 i0), stale since step 2.",
      "No invalidation followed: rule nothing owes none.",
    ]);
  });

  it("tells the way back to the value that was left", () => {
    const sentences = whySentences(named("table-unlinked-leaf-only").why, "envelope");
    expect(sentences).toContain("It came from the walk cache, by way of the IOTLB and the stage-1 cache.");
    expect(sentences.at(-1)).toBe("Step 3 (inv iotlb d0 p0 [i0+4] leaf) leaves it: it is for leaves only.");
  });

  it("lists the first of many invalidations and counts the others", () => {
    const { why } = named("unmap-device-tlb-forgotten");
    const [survival] = why.held[0]!.survived;
    const survived = Array.from({ length: 20 }, () => survival!);
    const sentences = whySentences({ ...why, held: [{ ...why.held[0]!, survived }] }, "envelope");
    expect(sentences).toHaveLength(10);
    expect(sentences.at(-1)).toBe("And 12 more did not help.");
  });

  it("says so if there is no cached value", () => {
    expect(whySentences({ held: [], rules: [], failed: null }, "shadow")).toEqual(["No cached value explains it."]);
  });
});

describe("ruleSentence", () => {
  it("has id, place, change and debt", () => {
    expect(ruleSentence(named("unmap-device-tlb-forgotten").why.failed!)).toMatch(
      /^s1-leaf \(rules\/contracts\/tiny\.yaml:\d+\), for stage 1 leaf p->np in step 2: the guest owes stage1\+iotlb, fence$/,
    );
    expect(ruleSentence(named("retarget").why.failed!)).toMatch(/in step 2: owes none$/);
  });
});

describe("propertySentence", () => {
  it.each(PROPERTY_NAMES)("has one for %s", (name) => {
    expect(propertySentence(name)).not.toBe("");
  });
});
