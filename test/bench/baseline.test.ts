/**
 * The baseline beside the models, step by step: two readings of docs/design.md that must say the same.
 *
 * It leaves out noise that only a concrete unit sees (walks that other commands split, `execute`).
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginSequence, decodeGene, genes, temperOf } from "../../commands/arbitrary.js";
import { decodeAll, encodeAll, KIND, STRIDE } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { printCommand } from "../../commands/language-print.js";
import { Machine } from "../../models/machine.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { PROPERTY_NAMES, type StrategyName } from "../../rules/vocabulary.js";
import { Discharger } from "../../search/discharge.js";
import { paletteOf } from "../../search/palette.js";
import { Runner } from "../../search/runner.js";
import { cell } from "../properties/cells.js";
import { Pair } from "./pair.js";

const LENGTH = 60;

function pairOf(contract: string, strategies: readonly StrategyName[] = ["envelope"]): Pair {
  const architecture = loadArchitecture("tiny");
  const rules = loadContract(contract);
  if (!architecture.ok || !rules.ok) throw new Error(contract);
  return new Pair({ architecture: architecture.value, contract: rules.value, strategies: new Set(strategies) });
}

/** Genes as commands, duties of the machine served on the way, as the fuzzer does. */
function commandsOf(drawn: readonly number[], contract: string): Float64Array {
  const { options } = pairOf(contract).machine;
  const machine = new Machine(options);
  const palette = paletteOf(machine.geometry);
  const temper = temperOf(drawn[0]!, palette);
  const discharger = new Discharger(machine);
  const last = new Float64Array(STRIDE);
  const sequence = new Float64Array(drawn.length * STRIDE);
  let count = 0;
  for (const gene of drawn) {
    const command = sequence.subarray(count * STRIDE, (count + 1) * STRIDE);
    const isBegun = count > 0 || !beginSequence(temper, command);
    if (isBegun) decodeGene(gene, palette, temper, discharger.next, last, command);
    if (command[0] === KIND.write || command[0] === KIND.stage2) last.set(command);
    machine.step(command, 0);
    count++;
    if (machine.overflowed) break;
  }
  return sequence.slice(0, count * STRIDE);
}

/** The first difference of a run with the commands up to it, or null. */
function firstDifference(sequence: Float64Array, contract: string): string | null {
  const pair = pairOf(contract);
  for (let at = 0; at < sequence.length / STRIDE; at++) {
    pair.step(sequence, at);
    if (pair.machine.overflowed) return null;
    const difference = pair.difference();
    if (difference !== null) return `${pair.steps.join("; ")}\n${difference}`;
  }
  return null;
}

/** The step after which the baseline finds a property broken, or -1. */
function brokenAt(sequence: Float64Array, contract: string, strategies: readonly StrategyName[]): number {
  const pair = pairOf(contract, strategies);
  for (let at = 0; at < sequence.length / STRIDE; at++) {
    pair.step(sequence, at);
    if (pair.verdict() !== null) return at;
  }
  return -1;
}

function text(sequence: Float64Array): string {
  return decodeAll(sequence).map(printCommand).join("; ");
}

function encoded(sequence: string): Float64Array {
  const parsed = parseCommands(sequence);
  if (!parsed.ok) throw new Error(parsed.errors[0]!.message);
  return encodeAll(parsed.commands);
}

describe("the baseline", { timeout: 60_000 }, () => {
  it.each([
    ["tiny", 100, 2026],
    ["never", 50, 2027],
    ["always", 30, 2028],
  ])("has the oracle, the unsettled requests and the envelope of the machine under %s", (contract, numRuns, seed) => {
    const agrees = fc.property(genes(LENGTH), (drawn) => {
      expect(firstDifference(commandsOf(drawn, contract), contract)).toBe(null);
    });
    fc.assert(agrees, { seed, numRuns });
  });

  it.each([
    { contract: "never", strategies: ["envelope"], numRuns: 40 },
    { contract: "never", strategies: ["hardware", "envelope", "shadow"], numRuns: 40 },
    { contract: "tiny", strategies: ["envelope"], numRuns: 20 },
    { contract: "tiny", strategies: ["envelope", "shadow"], numRuns: 20 },
  ] as const)(
    "gives the machine's verdict at its step: $contract, $strategies",
    ({ contract, strategies, numRuns }) => {
      const runner = new Runner({ ...cell(contract, PROPERTY_NAMES, strategies) });
      const agrees = fc.property(genes(LENGTH), (drawn) => {
        const sequence = commandsOf(drawn, contract);
        const failure = runner.runCommands(sequence);
        expect([text(sequence), brokenAt(sequence, contract, strategies)]).toEqual([
          text(sequence),
          failure?.step ?? -1,
        ]);
      });
      fc.assert(agrees, { seed: 2029, numRuns });
    },
  );

  it("sees the example of the design page: the device TLB refilled between two invalidations", () => {
    const between = "w g4[0]=leaf g14 rw; inv dev c0 i0; inv iotlb d0 p0 i0 leaf; fence";
    const fenced = "w g4[0]=leaf g14 rw; inv iotlb d0 p0 i0 leaf; fence; inv dev c0 i0; fence";
    const answers = (sequence: string): number[] => {
      const pair = pairOf("tiny");
      const commands = encoded(sequence);
      for (let at = 0; at < commands.length / STRIDE; at++) pair.step(commands, at);
      return pair.real.envelope!.answers(0, 0).map(({ host }) => host);
    };
    expect(answers(between).sort()).toEqual([14, 8]);
    expect(answers(fenced)).toEqual([14]);
  });
});
