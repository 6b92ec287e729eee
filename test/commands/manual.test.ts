/** Invalidations in the words of manuals, checked against what the manuals say of operands. */

import { describe, expect, it } from "vitest";
import { parseCommands } from "../../commands/language.js";
import { manualName, manualText } from "../../commands/manual.js";
import { loadArchitecture } from "../../rules/load.js";
import type { CommandRule } from "../../rules/vocabulary.js";

function invalidation(text: string) {
  const parsed = parseCommands(text);
  if (!parsed.ok || parsed.commands[0]!.kind !== "invalidate") throw new Error(text);
  return parsed.commands[0]!;
}

function sent(name: string, text: string): string | undefined {
  const unit = loadArchitecture(name);
  if (!unit.ok) throw new Error(name);
  return manualText(unit.value.commands, invalidation(text));
}

describe("a command in the words of its manual", () => {
  it.each([
    ["riscv", "inv iotlb d3 i4", "IOTINVAL.VMA GV=1 GSCID=3 PSCV=0 AV=1 ADDR=0x4000"],
    ["riscv", "inv iotlb d3 p2 [i4+3]", "IOTINVAL.VMA GV=1 GSCID=3 PSCV=1 PSCID=2 AV=1 ADDR=0x4000..0x6000"],
    ["riscv", "inv iotlb d3 base=i7 mask=1", "IOTINVAL.VMA GV=1 GSCID=3 PSCV=0 AV=1 ADDR=0x6000..0x7000"],
    ["riscv", "inv iotlb all", "IOTINVAL.VMA GV=0 PSCV=0 AV=0"],
    ["riscv", "inv s2 d0", "IOTINVAL.GVMA GV=1 GSCID=0 AV=0"],
    ["riscv-nl", "inv iotlb d0 i1 leaf", "IOTINVAL.VMA GV=1 GSCID=0 PSCV=0 AV=1 ADDR=0x1000 NL=0"],
    ["riscv", "inv pasid c1 p2", "IODIR.INVAL_PDT DV=1 DID=1 PID=2"],
    // One page, a block of four with the size in the address, everything.
    ["riscv-ats", "inv dev c1 i1", "ATS.INVAL RID=1 PV=0 S=0 ADDR=0x1000"],
    ["riscv-ats", "inv dev c1 base=i4 mask=2", "ATS.INVAL RID=1 PV=0 S=1 ADDR=0x5000"],
    ["riscv-ats", "inv dev c1 base=i15 mask=1", "ATS.INVAL RID=1 PV=0 S=1 ADDR=0xe000"],
    ["riscv-ats", "inv dev c1 p2", "ATS.INVAL RID=1 PV=1 PID=2 S=1 ADDR=0x7ffffffffffff000"],
    // Two pages across a boundary take a block of four.
    ["vtd-legacy", "inv iotlb d3 [i1+2] leaf", "iotlb_inv_dsc G=3 DID=3 ADDR=0x0 AM=2 IH=1"],
    ["vtd-legacy", "inv iotlb d3 [i2+2]", "iotlb_inv_dsc G=3 DID=3 ADDR=0x2000 AM=1 IH=0"],
    ["vtd-legacy", "inv iotlb d3 base=i3 mask=1", "iotlb_inv_dsc G=3 DID=3 ADDR=0x3000 AM=1 IH=0"],
    ["vtd-legacy", "inv iotlb d3", "iotlb_inv_dsc G=2 DID=3"],
    ["vtd-legacy", "inv iotlb", "iotlb_inv_dsc G=1"],
    ["vtd-legacy", "inv ctx d- c1", "cc_inv_dsc G=3 DID=0 SID=1 FM=0"],
    ["vtd-scalable", "inv iotlb d1 p2 i4", "p_iotlb_inv_dsc G=3 DID=1 PASID=2 ADDR=0x4000 AM=0 IH=0"],
    ["vtd-scalable", "inv iotlb d1", "iotlb_inv_dsc G=2 DID=1"],
    ["vtd-scalable", "inv pasid d1", "pc_inv_dsc G=0 DID=1"],
  ])("%s: %s is sent as %s", (architecture, text, expected) => {
    expect(sent(architecture, text)).toBe(expected);
  });

  it("is nothing where the architecture has no such command, or says nothing of operands", () => {
    expect(sent("vtd-legacy", "inv s2 d0 g8")).toBeUndefined();
    expect(sent("tiny", "inv iotlb d0 i0")).toBeUndefined();
  });

  it("has the size of a long range as number and scale, and the level as Arm counts", () => {
    const manual = "TLBI Addr={base} TG={granule} NUM={num} SCALE={scale} TTL={ttl}";
    const rule: CommandRule = {
      kind: "iotlb",
      manual,
      range: { count: "exact", mask: "aligned", all: "whole" },
      removes: [],
      source: "a test",
      confidence: "inferred",
    };
    const text = (command: string) => manualText([rule], invalidation(command));
    expect(text("inv iotlb i4")).toBe("TLBI Addr=0x4000 TG=0 NUM=0 SCALE=0 TTL=0");
    expect(text("inv iotlb [i4+32] level=1")).toBe("TLBI Addr=0x4000 TG=1 NUM=31 SCALE=0 TTL=3");
    expect(text("inv iotlb [i4+64] level=2")).toBe("TLBI Addr=0x4000 TG=1 NUM=31 SCALE=1 TTL=2");
  });

  it("is called by the name of the form that its operands fill", () => {
    const unit = loadArchitecture("vtd-scalable");
    const commands = unit.ok ? unit.value.commands : [];
    expect(manualName(commands, invalidation("inv iotlb d0 p0 i0"))).toBe("p_iotlb_inv_dsc");
    expect(manualName(commands, invalidation("inv iotlb d0"))).toBe("iotlb_inv_dsc");
  });
});
