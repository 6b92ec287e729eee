import { describe, expect, it } from "vitest";
import { CONFLICT, DUTY, FLAG, oldSpan, SPAN_SHIFT } from "../../models/duty.js";
import { TRANSITIONS } from "../../rules/vocabulary.js";

describe("the record of a duty", () => {
  it("has fields of its own for everything", () => {
    const fields = Object.values(DUTY);
    expect(new Set(fields).size).toBe(fields.length);
    expect(Math.max(...fields)).toBe(DUTY.pages);
  });

  it("keeps the span of the old leaf apart from the other flags", () => {
    for (const span of [0, 1, 2, 3]) {
      const others = FLAG.global | FLAG.negative | FLAG.shared;
      expect(oldSpan((span << SPAN_SHIFT) | others)).toBe(span);
      expect((span << SPAN_SHIFT) & others).toBe(0);
    }
  });

  it("numbers a conflict behind all transitions", () => {
    expect(TRANSITIONS[CONFLICT]).toBeUndefined();
    expect(TRANSITIONS[CONFLICT - 1]).toBeDefined();
  });
});
