import { describe, expect, it } from "vitest";
import { moves, numbersOf, renamings } from "../../shrinkers/renamings.js";
import { LIMITS } from "./patterns.js";
import { sequence, textOf } from "./sequences.js";

describe("renamings", () => {
  it("change one number of one family to any other", () => {
    const texts = [...renamings(sequence("evict c1 i0").commands, LIMITS)].map(textOf);
    expect(texts).toContain("evict c2 i0");
    expect(texts).toContain("evict c1 i15");
    expect(texts).not.toContain("evict c2 i15");
    expect(texts).toHaveLength(2 + 15);
  });

  it("move all writes to one entry, targets staying", () => {
    const texts = [...moves(sequence("w g0[0]=leaf g0; w g0[0]=-").commands, LIMITS)].map(textOf);
    expect(texts).toContain("w g4[2]=leaf g0 rw global; w g4[2]=-");
    expect(texts).toHaveLength(16 * 4 * 2);
  });

  it("draw from the first few numbers of a large family, and those in use", () => {
    const large = { ...LIMITS, guestPages: 4000 };
    expect(numbersOf("guest-page", sequence("w g300[0]=-").commands, large)).toHaveLength(17);
  });
});
