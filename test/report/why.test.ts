/** From a violation to the value behind it, the rule, and what left it there. */

import { describe, expect, it } from "vitest";
import { stepReport } from "../../report/steps.js";
import type { Why } from "../../report/why.js";
import type { RunCell } from "../../search/runner.js";
import { cellOf, entryOf, FAILURES } from "../corpus/failures.js";

function whyOf(text: string, cell: RunCell): Why {
  const report = stepReport(entryOf(text, cell));
  if (!report.ok || report.value.why === null) throw new Error("no violation");
  return report.value.why;
}
function whyNamed(name: string): Why {
  const { text, cell } = FAILURES.find((failure) => failure.name === name)!;
  return whyOf(text, cell());
}

describe("explain", () => {
  it("finds the value that answered, the walk that fetched it and the step that made it stale", () => {
    expect(whyNamed("retarget").held).toEqual([
      {
        cache: "device-tlb",
        inFlight: false,
        key: "c0 i0",
        value: "h8 rw",
        since: 0,
        origin: "fetched by the walk of step 1 (dma r c0 i0)",
        staleSince: 2,
        survived: [],
      },
    ]);
  });

  it("names the rule for the change, with its place, its source and what it owes", () => {
    expect(whyNamed("retarget").failed).toMatchObject({
      step: 2,
      transition: "stage 1 leaf retarget",
      id: "nothing",
      at: expect.stringMatching(/^rules\/contracts\/never\.yaml:\d+$/),
      source: "nestfuzz",
      owes: "none",
    });
  });

  it("says why each later invalidation left the value", () => {
    const { held } = whyNamed("unmap-device-tlb-forgotten");
    expect(held[0]!.survived).toEqual([
      { step: 3, command: "inv dev c1 all", removes: false, reason: "it is for c1, not c0" },
      { step: 4, command: "inv iotlb d0 p0 i0", removes: false, reason: "TINY.IOTLB does not reach the device TLB" },
    ]);
  });

  it("follows a value that came back to the one that was left", () => {
    const { held, failed } = whyNamed("table-unlinked-leaf-only");
    expect(held.map(({ cache }) => cache)).toEqual(["device-tlb", "iotlb", "stage1", "walk"]);
    expect(held.at(-1)).toMatchObject({ key: "d0 p0 i0-i3", value: "a pointer to table g4", staleSince: 2 });
    expect(held.at(-1)!.survived[0]).toMatchObject({ step: 3, reason: "it is for leaves only" });
    expect(held[0]!.survived[1]).toMatchObject({
      removes: true,
      reason: expect.stringContaining("comes back from the IOTLB"),
    });
    expect(failed).toMatchObject({ id: "s1-table", transition: "stage 1 table p->np" });
  });

  it.each([
    ["context-process-changed", "pasid", "p0 root g2"],
    ["stage2-unmap", "stage2", "h8 rw"],
    ["one-fence", "iotlb", "h8 rw"],
    ["stale-pointer", "walk", "a pointer to table g4"],
    ["hardware-device-tlb", "device-tlb", "h8 rw"],
  ])("ends %s at the %s", (name, cache, value) => {
    expect(whyNamed(name).held.at(-1)).toMatchObject({ cache, value });
  });

  it("tells that a device TLB that was emptied first can be filled again before the fence", () => {
    const [device] = whyNamed("one-fence").held;
    expect(device!.survived[0]).toMatchObject({
      step: 3,
      removes: true,
      reason: "until the fence of step 5 it can come back from the IOTLB",
    });
  });

  it("tells of a walk at the start where no DMA came before, and of nothing sent before the change", () => {
    const why = whyOf("inv iotlb all\nw g4[0]=leaf g9 rw", cellOf());
    expect(why.held[0]).toMatchObject({ origin: "fetched by a walk at the start", staleSince: 2, survived: [] });
  });

  it("tells of walks in flight where the unit has no such cache", () => {
    const cell = cellOf();
    const caches = cell.architecture.caches.filter(({ name }) => name === "context" || name === "pasid");
    const commands = cell.architecture.commands.map((command) => ({
      ...command,
      removes: command.removes.filter(({ cache }) => caches.some(({ name }) => name === cache)),
    }));
    const why = whyOf("w g4[0]=-", { ...cell, architecture: { ...cell.architecture, caches, commands } });
    expect(why.held.at(-1)).toMatchObject({ inFlight: true, key: "d0 p0 i0" });
  });

  it("lists the changes on the way of the request alone", () => {
    const why = whyOf("w g5[1]=leaf g9 rw\nw g4[3]=leaf g9 rw\nw g4[0]=leaf g9 rw", cellOf());
    expect(why.rules.map(({ step }) => step)).toEqual([3]);
  });
});
