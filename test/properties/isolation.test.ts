import { describe, expect, it } from "vitest";
import type { Machine } from "../../models/machine.js";
import { cell, runText } from "./cells.js";

/** Plants a bug: every request is answered as if `context` had sent it. */
function answerAs({ hardware, geometry }: Machine, context: number): void {
  const { count } = geometry.iova;
  const { answers } = hardware!;
  hardware!.refresh = (state) => {
    for (let at = 0; at < answers.length; at++) answers[at] = hardware!.translate(state, context, at % count);
  };
}

describe("isolation", () => {
  it("allows a page that the VM had when the change was made, while it is owed", () => {
    const { failure, runner } = runText(cell("tiny", ["isolation"]), "dma r c0 i0; s2 d0 g8=-; dma r c0 i0");
    expect(failure).toBeNull();
    expect(runner.checker.properties[0]!.seen).toBeGreaterThan(0);
  });

  it("is broken by a page that was taken from the VM without anything owed", () => {
    const { failure } = runText(cell("never", ["isolation"]), "s2 d0 g8=-");
    expect(failure).toMatchObject({ violation: { property: "isolation", actual: 8, severity: "stale-access" } });
  });

  it("is broken by a unit that answers with another VM's page", () => {
    const { failure } = runText(cell("always", ["isolation"], ["hardware"]), "dma r c0 i0", ({ machine }) => {
      answerAs(machine, 2);
    });
    expect(failure).toMatchObject({ violation: { property: "isolation", context: 0, actual: 24 } });
  });

  it("is broken by a settled request that gets another context's translation", () => {
    const { failure } = runText(cell("always", ["isolation"], ["hardware"]), "dma r c1 i0", ({ machine }) => {
      answerAs(machine, 0);
    });
    expect(failure).toMatchObject({ violation: { property: "isolation", context: 1, actual: 8 } });
  });
});
