import { describe, expect, it } from "vitest";
import { compareCandidates } from "../../shrinkers/order.js";
import { shrink } from "../../shrinkers/shrink.js";
import { printCandidate } from "./cells.js";
import { failureOf, LIMITS } from "./patterns.js";

const COUNT = 200;

describe("quality of shrinking", () => {
  it("ends at the exact minimum in at least 95 of 100 failures whose minimum is known", { timeout: 240_000 }, () => {
    const missed: string[] = [];
    let tries = 0;
    for (let number = 0; number < COUNT; number++) {
      const { name, candidate, fails, minimum } = failureOf(number);
      expect(fails(candidate)).toBe(true);
      const result = shrink(candidate, fails, LIMITS);
      tries += result.report.tries;
      if (compareCandidates(result.candidate, minimum) === 0) continue;
      missed.push(`${number} ${name}\n  ${printCandidate(result.candidate)}\n  instead of ${printCandidate(minimum)}`);
    }
    const exact = COUNT - missed.length;
    console.info(
      [`${exact} of ${COUNT} at the exact minimum, ${Math.round(tries / COUNT)} tries each`, ...missed].join("\n"),
    );
    expect(exact / COUNT).toBeGreaterThanOrEqual(0.95);
  });
});
