/**
 * One bug with one seed: the ordinary fuzz of its wrong cell up to the first failure, and the failure shrunk.
 *
 * The figures are counts of commands, so that they are the same on every machine.
 */

import { decodeAll, encodeAll, STRIDE } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { printCommand } from "../../commands/language-print.js";
import { allContexts } from "../../models/start.js";
import type { Severity, Violation } from "../../properties/violation.js";
import { fuzzCell } from "../../search/fuzz.js";
import { type Failure, Runner } from "../../search/runner.js";
import { type Candidate, shrink } from "../../shrinkers/shrink.js";
import { type Bug, rightVariant, type Variant, wrongVariant } from "./mutation.js";

export const BUDGET = 200_000;

export interface Finding {
  /** Commands run up to the failure. */
  commands: number;
  property: Violation["property"];
  severity: Severity;
  strategy: string;
  /** The shrunk sequence, one command a line; empty if shrinking was not asked for. */
  minimal: readonly string[];
}

export interface MeasureOptions {
  seed: string;
  budget?: number;
  uniform?: boolean;
  shrink?: boolean;
}

/** What the fuzz finds in a variant, or null. */
export async function measure(variant: Variant, options: MeasureOptions): Promise<Finding | null> {
  const { seed, budget = BUDGET, uniform = false } = options;
  const { cell, plant, geometry } = variant;
  const { found } = await fuzzCell(cell, { seed, commands: budget, plant, geometry, uniform });
  if (found === null) return null;
  const { property, severity, strategy } = found.failure.violation;
  const minimal = options.shrink === true ? shrunk(variant, found.commands) : [];
  return { commands: found.commandsBefore, property, severity, strategy, minimal };
}

export const measureBug = (bug: Bug, options: MeasureOptions): Promise<Finding | null> =>
  measure(wrongVariant(bug), options);

/** The shortest form that the project's shrinker reaches, whichever property breaks in it. */
function shrunk(variant: Variant, commands: Float64Array): string[] {
  const runners = new Map<string, Runner>();
  const runnerFor = (start: ReadonlySet<number>): Runner => {
    const key = [...start].sort((a, b) => a - b).join(" ");
    const known = runners.get(key) ?? planted(variant, start);
    runners.set(key, known);
    return known;
  };
  const fails = ({ commands: tried, start }: Candidate): boolean => runnerFor(start).runCommands(tried) !== null;
  const { geometry } = runnerFor(new Set()).machine;
  const { candidate } = shrink({ commands, start: allContexts(geometry) }, fails, geometry.limits);
  return decodeAll(candidate.commands).map(printCommand);
}

function planted(variant: Variant, start?: ReadonlySet<number>): Runner {
  const runner = new Runner(variant.cell, variant.geometry, start);
  variant.plant(runner.machine);
  return runner;
}

/** What a sequence breaks on the variant, or null. */
export function replay(variant: Variant, text: string): Failure | null {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(parsed.errors.map(({ line, column, message }) => `${line}:${column}: ${message}`)[0]);
  return planted(variant).runCommands(encodeAll(parsed.commands));
}

/** Commands of a sequence. */
export function lengthOf(text: string): number {
  const parsed = parseCommands(text);
  return parsed.ok ? encodeAll(parsed.commands).length / STRIDE : 0;
}

/** The sequence that shows a bug, and the severity that it shows. */
export function showing(bug: Bug): { sequence: string; severity: Severity } {
  return { sequence: bug.shows?.sequence ?? bug.given, severity: bug.shows?.severity ?? bug.severity };
}

/** Both verdicts on the sequence that shows a bug: with the bug, and without. */
export function verdicts(bug: Bug): { wrong: Failure | null; right: Failure | null } {
  const { sequence } = showing(bug);
  return { wrong: replay(wrongVariant(bug), sequence), right: replay(rightVariant(bug), sequence) };
}
