/**
 * The whole state of a run is one array: taking it, putting it back, comparing and hashing it.
 *
 * Shown, for each strategy alone and all together, on several architectures and queues: after `restore` a machine goes
 * on as if nothing had been between (equal states, equal hashes, equal answers); `equals` and `hash` agree; states that
 * differ in a region of any model are told apart; the order of records in a bag means nothing.
 */

import { describe, expect, it } from "vitest";
import { type Command, encodeAll } from "../../commands/command.js";
import { geometryOf } from "../../models/geometry.js";
import { hashState, sameState } from "../../models/layout.js";
import { Machine } from "../../models/machine.js";
import { type Architecture, STRATEGIES, type StrategyName } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { plainArchitecture } from "./brute/architectures.js";
import { Draw, draughtOf, drawCommand, NOISY_MIX } from "./brute/commands.js";
import { builtIn } from "./brute/runs.js";
import { builtInContract } from "./brute/scenario.js";

/** Long random runs, on a machine that may be busy. */

const CHOICES: readonly (readonly StrategyName[])[] = [...STRATEGIES.map((name) => [name]), STRATEGIES, []];
const ARCHITECTURES: readonly Architecture[] = [
  builtIn("tiny"),
  builtIn("riscv-emulated"),
  builtIn("vtd-scalable-ats"),
  plainArchitecture("ordered", ["pasid", "walk", "iotlb"], { negative: { notPresent: true, malformed: true } }),
];

function machine(architecture: Architecture, strategies: readonly StrategyName[]): Machine {
  const contract = builtInContract(architecture.name === "tiny" ? "tiny" : "always");
  return new Machine({ architecture, contract, strategies, geometry: geometryOf("2x4") });
}

function commandsFor(architecture: Architecture, seed: string, length: number): Command[] {
  const draw = new Draw(seed);
  const draught = draughtOf(architecture, geometryOf("2x4"), NOISY_MIX);
  return Array.from({ length }, () => drawCommand(draw, draught));
}

/** A step that computes what a rewind leaves out. */
function firstInvalidation(architecture: Architecture): Command {
  return commandsFor(architecture, "next", 40).find(({ kind }) => kind === "invalidate")!;
}

/** What each step leaves behind: the hash, and what every request gets. */
function trace(run: Machine, commands: readonly Command[]): string[] {
  const encoded = encodeAll(commands);
  return commands.map((_, at) => {
    run.step(encoded, at);
    return `${run.hash()} ${answers(run)}`;
  });
}

function answers(run: Machine): string {
  const { contexts, iova } = run.geometry;
  const parts: (number | boolean)[] = [];
  for (let context = 0; context < contexts; context++) {
    for (let page = 0; page < iova.count; page++) {
      parts.push(run.oracle.value[context * iova.count + page]!, run.ledger.isUnsettled(run.state, context, page));
      if (run.hardware !== null) parts.push(run.hardware.translate(run.state, context, page));
      if (run.shadow !== null) parts.push(run.shadow.translate(run.state, context, page));
      if (run.envelope !== null) parts.push(run.envelope.faultMask[context * iova.count + page]! !== 0);
    }
  }
  return parts.join(" ");
}

describe("state of a run", () => {
  for (const architecture of ARCHITECTURES) {
    for (const strategies of CHOICES) {
      it(`comes back whole on ${architecture.name} with ${strategies.join(", ") || "no strategy"}`, () => {
        for (let run = 0; run < effort(4); run++) {
          const subject = machine(architecture, strategies);
          trace(subject, commandsFor(architecture, `before ${run}`, 40));
          const snapshot = subject.snapshot();
          const hash = subject.hash();
          const after = commandsFor(architecture, `after ${run}`, 40);
          const first = trace(subject, after);
          subject.restore(snapshot);
          expect(subject.equals(snapshot)).toBe(true);
          expect(subject.hash()).toBe(hash);
          expect(trace(subject, after)).toEqual(first);
          const other = machine(architecture, strategies);
          other.restore(snapshot);
          expect(trace(other, after)).toEqual(first);
          expect(other.equals(subject.snapshot())).toBe(true);
        }
      });
    }
  }

  it("is the same after it was rewound as after it was restored", () => {
    for (const architecture of ARCHITECTURES) {
      const [rewound, restored] = [machine(architecture, STRATEGIES), machine(architecture, STRATEGIES)];
      trace(rewound, commandsFor(architecture, "base", 40));
      const base = rewound.snapshot();
      for (let run = 0; run < Math.max(8, effort(20)); run++) {
        const commands = commandsFor(architecture, `astray ${run}`, 1 + (run % 6));
        let hasWritten = false;
        commands.forEach((_, at) => {
          rewound.step(encodeAll(commands), at);
          hasWritten ||= rewound.note.wrote;
        });
        rewound.rewind(base, hasWritten);
        restored.restore(base);
        expect(rewound.equals(base)).toBe(true);
        expect(rewound.hash()).toBe(restored.hash());
        const after = [firstInvalidation(architecture), ...commandsFor(architecture, `on ${run}`, 4)];
        expect(trace(rewound, after)).toEqual(trace(restored, after));
        rewound.restore(base);
      }
    }
  });

  it("is whole again when what is derived was lost, and links and marks of records with it", () => {
    for (const architecture of ARCHITECTURES) {
      for (let run = 0; run < Math.max(4, effort(10)); run++) {
        const subject = machine(architecture, STRATEGIES);
        trace(subject, commandsFor(architecture, `lost ${run}`, 20 + run));
        const snapshot = subject.snapshot();
        const after = [firstInvalidation(architecture), ...commandsFor(architecture, `found ${run}`, 12)];
        const expected = trace(subject, after);
        const other = machine(architecture, STRATEGIES);
        const { layout } = other;
        const setKept = (): void => {
          for (const region of layout.regions) {
            if (region.kind === "derived") continue;
            const count = region.kind === "bag" ? snapshot[region.offset]! : 0;
            const length = region.kind === "bag" ? 1 : region.length;
            other.state.set(snapshot.subarray(region.offset, region.offset + length), region.offset);
            for (let record = 0; record < count; record++) {
              const at = region.offset + 1 + record * region.record;
              other.state.set(snapshot.subarray(at, at + region.meaning), at);
            }
          }
        };
        setKept();
        other.derive();
        // Settling while the rest is derived may add to what is in reach.
        setKept();
        expect(other.equals(snapshot)).toBe(true);
        expect(trace(other, after)).toEqual(expected);
      }
    }
  });

  it("is the start state after a reset", () => {
    for (const architecture of ARCHITECTURES) {
      const subject = machine(architecture, STRATEGIES);
      const fresh = subject.snapshot();
      const commands = commandsFor(architecture, "reset", 40);
      const first = trace(subject, commands);
      subject.reset();
      expect(subject.equals(fresh)).toBe(true);
      expect(trace(subject, commands)).toEqual(first);
    }
  });

  it("has one hash where it is equal and, among thousands that differ, hardly any two alike", () => {
    const subject = machine(builtIn("tiny"), STRATEGIES);
    const known = new Map<string, Int32Array>();
    let equalPairs = 0;
    for (let run = 0; run < effort(60); run++) {
      subject.reset();
      const encoded = encodeAll(commandsFor(builtIn("tiny"), `hash ${run}`, 40));
      for (let at = 0; at < 40; at++) {
        subject.step(encoded, at);
        const before = known.get(subject.hash());
        if (before === undefined) known.set(subject.hash(), subject.snapshot());
        else if (subject.equals(before)) equalPairs++;
        else expect.fail("two states that differ have one hash");
      }
    }
    expect(known.size).toBeGreaterThan(effort(1_000));
    expect(equalPairs).toBeGreaterThan(effort(10));
  });

  it("does not depend on the order of records in a bag", () => {
    const subject = machine(builtIn("tiny"), STRATEGIES);
    trace(subject, commandsFor(builtIn("tiny"), "bags", 40));
    const { layout } = subject;
    const bags = layout.regions.filter((region) => region.kind === "bag" && subject.state[region.offset]! > 1);
    expect(bags.length).toBeGreaterThan(0);
    for (const bag of bags) {
      const turned = subject.snapshot();
      const count = turned[bag.offset]!;
      for (let at = 0; at < count; at++) {
        const from = bag.offset + 1 + at * bag.record;
        const to = bag.offset + 1 + (count - 1 - at) * bag.record;
        turned.set(subject.state.subarray(from, from + bag.meaning), to);
      }
      expect(sameState(layout, subject.state, turned)).toBe(true);
      expect(hashState(layout, turned)).toBe(subject.hash());
    }
  });

  it("is another one if any number that means something differs", () => {
    const subject = machine(builtIn("tiny"), STRATEGIES);
    trace(subject, commandsFor(builtIn("tiny"), "numbers", 40));
    for (const region of subject.layout.regions.filter(({ kind, length }) => kind === "plain" && length > 0)) {
      for (const at of [region.offset, region.offset + region.length - 1]) {
        const other = subject.snapshot();
        other[at]! ^= 1;
        expect(subject.equals(other), region.name).toBe(false);
        expect(hashState(subject.layout, other), region.name).not.toBe(subject.hash());
      }
    }
  });
});
