import { expect, it } from "vitest";
import { compareCandidates } from "../../shrinkers/order.js";
import { shrink } from "../../shrinkers/shrink.js";
import { printCandidate } from "./cells.js";
import { failureOf, LIMITS } from "./patterns.js";

const COUNT = 200;

it("ends at the exact minimum in at least 95 of 100 failures whose minimum is known", () => {
  let exact = 0;
  let tries = 0;
  const missed: string[] = [];
  const t0 = performance.now();
  for (let number = 0; number < COUNT; number++) {
    const failure = failureOf(number);
    if (!failure.fails(failure.candidate)) throw new Error(failure.name);
    const { candidate, report } = shrink(failure.candidate, failure.fails, LIMITS);
    tries += report.tries;
    if (compareCandidates(candidate, failure.minimum) === 0) exact++;
    else
      missed.push(
        `${number} ${failure.name}: ${printCandidate(candidate)}\n     for ${printCandidate(failure.minimum)}`,
      );
  }
  console.log(
    `${exact} of ${COUNT} at the exact minimum, ${Math.round(tries / COUNT)} tries each ${performance.now() - t0}`,
  );
  console.log(missed.join("\n"));
  expect(exact / COUNT).toBeGreaterThanOrEqual(0.95);
}, 240_000);
