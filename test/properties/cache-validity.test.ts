import { describe, expect, it } from "vitest";
import { CACHE } from "../../models/unit.js";
import { cell, runText } from "./cells.js";

const CASES: readonly [string, string, keyof typeof CACHE][] = [
  ["a context entry", "ctx c0=(d0,p2,g2)", "pasid"],
  ["a domain tag", "ctx c0=(v0,d2,p0,g2)", "context"],
  ["a pointer to a table", "w g2[0]=table g5", "walk"],
  ["a stage-2 leaf", "s2 d0 g8=h9 rw", "stage2"],
  ["a stage-2 table", "s2 d0 g8=super h8 rw", "stage2-walk"],
];

describe("cache validity", () => {
  it.each(CASES)("finds %s that a cache still holds for a settled request", (_, text, cache) => {
    const { failure } = runText(cell("never", ["cache-validity"], ["envelope"]), text);
    expect(failure).toMatchObject({ step: 0, violation: { property: "cache-validity" } });
    const unit = runText(cell("never", [], ["envelope"]), text).runner.machine;
    const held = Array.from(
      { length: unit.envelope!.count(unit.state) },
      (_unused, record) => unit.unit.setCache[unit.envelope!.setOf(unit.state, record)],
    );
    expect(held).toContain(CACHE[cache]);
  });

  it("finds a stale pointer although every answer is the same", () => {
    // Both tables map i0 to g8: no request can tell, but the next write to g6 alone would go unseen.
    const text = "w g6[0]=leaf g8 rw; w g6[1]=leaf g9 rw; w g2[0]=table g6";
    expect(runText(cell("never", ["agreement", "isolation"], ["envelope"]), text).failure).toBeNull();
    expect(runText(cell("never", ["cache-validity"], ["envelope"]), text).failure).toMatchObject({
      step: 2,
      violation: { cache: CACHE.walk },
    });
  });

  it("finds a negative entry in a concrete cache that must not hold one", () => {
    const plant = ({ machine }: ReturnType<typeof runText>["runner"]): void => {
      const cache = machine.unit.caches[CACHE.iotlb]!;
      const { access } = Object.getPrototypeOf(machine.hardware!) as NonNullable<typeof machine.hardware>;
      machine.hardware!.access = function (state, context, page) {
        cache.holdsAbsent = true;
        const result = access.call(this, state, context, page);
        cache.holdsAbsent = false;
        return result;
      };
    };
    const rules = cell("tiny", ["cache-validity"], ["hardware"]);
    expect(runText(rules, "dma r c0 i2").failure).toBeNull();
    expect(runText(rules, "dma r c0 i2", plant).failure).toMatchObject({ violation: { cache: CACHE.iotlb } });
  });

  it("counts invalid values of unsettled requests as its witness", () => {
    const { failure, runner } = runText(cell("tiny", ["cache-validity"]), "w g2[0]=table g5");
    expect(failure).toBeNull();
    expect(runner.checker.properties[0]!.seen).toBeGreaterThan(0);
    expect(runner.checker.staleCaches & (1 << CACHE.walk)).not.toBe(0);
  });

  it("finds what a shadow keeps of a context that is gone", () => {
    const rules = cell("never", ["cache-validity"], ["shadow"]);
    expect(runText(rules, "ctx c0=-").failure).toMatchObject({ violation: { strategy: "shadow", context: 0 } });
  });
});
