import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANY, ENTRY, encodeAll, RANGE } from "../../commands/command.js";
import { canonical } from "../../shrinkers/canonical.js";
import { commandArbitrary } from "../commands/language.random.js";
import { sequence, textOf } from "./sequences.js";

describe("canonical", () => {
  it("sets target, permission and global mark of an entry that is not there to the simplest", () => {
    const odd = encodeAll([
      { kind: "write", vm: 0, entry: ENTRY.absent, page: 4, index: 0, target: 9, permission: 1, global: 1 },
      { kind: "stage2", vm: 0, entry: ENTRY.malformed, page: 4, target: 9, permission: 1 },
      { kind: "context", context: 1, state: 0, vm: 1, domain: 2, process: 3, root: 4 },
    ]);
    expect(canonical(odd)).toEqual(sequence("w g4[0]=-; s2 d0 g4=bad; ctx c1=-").commands);
  });

  it("forgets the size of no address and the mask of no requester", () => {
    const odd = encodeAll([
      {
        kind: "invalidate",
        invalidation: 0,
        host: 0,
        domain: ANY,
        process: ANY,
        requester: ANY,
        requesterMask: 1,
        form: RANGE.all,
        base: 3,
        size: 2,
        leaf: 0,
        level: 0,
      },
    ]);
    expect(canonical(odd)).toEqual(sequence("inv iotlb all").commands);
  });

  it("takes any number that makes a context valid for 1", () => {
    expect(textOf(canonical(sequence("ctx c0 valid=3").commands))).toBe("ctx c0 valid=1");
  });

  it("keeps what the printer prints, and is its own canonical form", () => {
    fc.assert(
      fc.property(fc.array(commandArbitrary(), { maxLength: 5 }), (commands) => {
        const once = canonical(encodeAll(commands));
        const text = textOf(encodeAll(commands)).replace(/valid=[1-9][0-9]*/g, "valid=1");
        expect(textOf(once)).toBe(text);
        expect(canonical(once)).toEqual(once);
      }),
    );
  });
});
