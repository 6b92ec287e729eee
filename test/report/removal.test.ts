/** Why a command leaves an entry, one operand at a time. */

import { describe, expect, it } from "vitest";
import { type CommandOf, decodeAll } from "../../commands/command.js";
import { Machine } from "../../models/machine.js";
import { CACHE, GLOBAL } from "../../models/unit.js";
import { PRESENT, packContext, packValue } from "../../models/values.js";
import { whyNotRemoved } from "../../report/removal.js";
import type { Architecture } from "../../rules/vocabulary.js";
import { cellOf, commandsOf } from "../corpus/failures.js";

const cell = cellOf();
const machine = new Machine(cell);
const page = packValue(PRESENT, 3, 0, 0, 8, 8);

function reason(text: string, cache = CACHE.iotlb!, value = page, process = 0, on = machine): string | undefined {
  const command = decodeAll(commandsOf(text))[0] as CommandOf<"invalidate">;
  const address = cache === CACHE.context || cache === CACHE.pasid ? 0 : 0;
  return whyNotRemoved(on, command, on.unit.set(cache, 0, 0, process, address), value);
}

describe("whyNotRemoved", () => {
  it.each(["inv iotlb", "inv iotlb d0 p0 i0", "inv iotlb base=i3 mask=2", "inv s2 d0 g8"])(
    "is silent for %s",
    (text) => {
      expect(reason(text)).toBeUndefined();
    },
  );

  it.each([
    ["inv iotlb d1 all", "its domain tag is d1, not d0"],
    ["inv iotlb p2 i0", "its process tag is p2, not p0"],
    ["inv iotlb d0 [i4+2]", "its range is i4-i5 only"],
    ["inv iotlb i1", "its range is i1 only"],
    ["inv iotlb d1 p1 i1", "its domain tag is d1, not d0, and its process tag is p1, not p0, and its range is i1 only"],
    ["inv s2 d0 g9", "its range is g9 only"],
    ["inv dev c0 all", "TINY.DEV does not reach the IOTLB"],
    ["inv ctx c0", "TINY.CTX does not reach the IOTLB"],
  ])("says of %s: %s", (text, expected) => {
    expect(reason(text)).toBe(expected);
  });

  it("names the requester, the leaf hint and the tags of context entries", () => {
    expect(reason("inv dev c1 all", CACHE["device-tlb"])).toBe("it is for c1, not c0");
    const pointer = packValue(PRESENT, 3, 0, 0, 4, 0);
    expect(reason("inv iotlb d0 all leaf", CACHE.walk, pointer)).toBe("it is for leaves only");
    expect(reason("inv iotlb d0 [i8+2] leaf", CACHE.walk, pointer)).toBe(
      "its range is i8-i9 only, and it is for leaves only",
    );
    const entry = packContext(PRESENT, 0, 0, 0, 2);
    expect(reason("inv ctx d1", CACHE.context, entry)).toBe("its domain tag d1 differs");
    expect(reason("inv pasid p3", CACHE.pasid, entry)).toBe("its process tag p3 differs");
  });

  it("names global entries and level hints where the architecture makes a difference", () => {
    const architecture: Architecture = {
      ...cell.architecture,
      commands: cell.architecture.commands.map((command) => ({
        ...command,
        removes: command.removes.map((rule) => ({ ...rule, global: false, levelHint: true })),
      })),
    };
    const strict = new Machine({ ...cell, architecture });
    const global = packValue(PRESENT, 3, 1, 0, 8, 8);
    expect(reason("inv iotlb all", CACHE.iotlb, global, GLOBAL, strict)).toBe("it leaves global entries");
    expect(reason("inv iotlb all level=2", CACHE.iotlb, page, 0, strict)).toBe("it is for level 2 only");
  });

  it("says that a unit has no such command", () => {
    const architecture = {
      ...cell.architecture,
      commands: cell.architecture.commands.filter(({ kind }) => kind !== "s2"),
    };
    const less = new Machine({ ...cell, architecture });
    expect(reason("inv s2 g8", CACHE.iotlb, page, 0, less)).toBe("the architecture has no such command");
  });
});
