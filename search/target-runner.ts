/**
 * Runs sequences on a target and on the models at once, and judges the target's answers.
 *
 * The models do not depend on what the target answers, so a sequence is made and sent whole; its answers are judged
 * when they come. Each answer must be one that the envelope allowed at that step (refinement), and the oracle's where
 * the request was settled (agreement). A target that crashes, hangs or answers what is no answer breaks `response`.
 */

import { beginSequence, decodeGene, type Palette, temperOf } from "../commands/arbitrary.js";
import { KIND, STRIDE, slots } from "../commands/command.js";
import { type Geometry, pagePosition } from "../models/geometry.js";
import { Machine } from "../models/machine.js";
import { outcomeOf, sameOutcome } from "../models/values.js";
import { View } from "../properties/view.js";
import { emptyViolation, type Severity, type Violation } from "../properties/violation.js";
import type { Architecture, Contract } from "../rules/vocabulary.js";
import type { Answers, Target, TargetRun } from "../targets/target.js";
import { Discharger } from "./discharge.js";
import { paletteOf } from "./palette.js";
import { Prober } from "./probe.js";

const D = slots("dma");
/** Commands of a sequence with the translations asked for, at most. */
const ROOM = 400;

export interface TargetCell {
  architecture: Architecture;
  contract: Contract;
}

export interface TargetFailure {
  /** Step (from 0). */
  step: number;
  violation: Violation;
  /** What went wrong with the target itself, after "the target "; null where it answered. */
  trouble: string | null;
  stderr: readonly string[];
  /** What it answered up to here, by `dma` of the sequence; null where there was no answer to compare. */
  answers: readonly (number | null)[];
}

/** What the models said of a `dma` when it was asked. */
interface Question {
  step: number;
  context: number;
  page: number;
  access: 0 | 1;
  expected: number;
  isSettled: boolean;
  /** Outcomes that the envelope allows beside the oracle's; faults are one outcome. */
  allowed: readonly number[];
}

/** A sequence that was sent and is not judged yet. */
export interface Sent {
  commands: Float64Array;
  questions: readonly Question[];
  run: TargetRun;
}

export class TargetRunner {
  readonly machine: Machine;
  /** Counts: commands and translations; answers that were stale, as they may be; runs that say nothing, or not all. */
  commandCount = 0;
  translations = 0;
  stale = 0;
  inconclusive = 0;
  /** What the last sequence that was judged was answered. */
  answers: Answers["outcomes"] = [];
  private readonly view: View;
  private readonly prober: Prober;
  private readonly palette: Palette;
  private readonly discharger: Discharger;
  private readonly start: ReadonlySet<number>;

  constructor(
    cell: TargetCell,
    private readonly target: Target,
    geometry: Geometry,
    start: ReadonlySet<number>,
  ) {
    this.start = start;
    this.machine = new Machine({ ...cell, strategies: ["envelope"], geometry, start });
    this.view = new View(this.machine, ["envelope"]);
    this.prober = new Prober(this.view);
    this.palette = paletteOf(geometry);
    this.discharger = new Discharger(this.machine);
  }

  /** Makes a sequence of genes and sends it; null where the target accepts none of it. */
  sendGenes(genes: readonly number[]): Sent {
    const writer = this.open(ROOM);
    const temper = temperOf(genes[0] ?? 0, this.palette);
    const command = new Float64Array(STRIDE);
    const last = new Float64Array(STRIDE);
    const asked = new Float64Array(this.view.pages * this.view.contexts * STRIDE);
    writer.takeAll(asked, this.prober.begin(asked));
    genes.forEach((gene, at) => {
      if (writer.isFull) return;
      if (at > 0 || !beginSequence(temper, command))
        decodeGene(gene, this.palette, temper, this.discharger.next, last, command);
      if (command[0] === KIND.write || command[0] === KIND.stage2) last.set(command);
      if (!writer.take(command)) return;
      const { note } = this.machine;
      if (note.wrote || note.fenced) writer.takeAll(asked, this.prober.after(gene, asked));
    });
    return this.dispatch(writer);
  }

  /** Sends the commands that the target accepts. */
  sendCommands(commands: Float64Array): Sent {
    const count = commands.length / STRIDE;
    const writer = this.open(count);
    writer.takeAll(commands, count);
    return this.dispatch(writer);
  }

  private open(room: number): Writer {
    this.machine.reset();
    this.view.refresh(true);
    return new Writer(this.machine, this.view, this.target, this.target.begin(this.machine, this.start), room);
  }

  private dispatch(writer: Writer): Sent {
    writer.run.send();
    this.commandCount += writer.count;
    this.translations += writer.questions.length;
    if (this.machine.overflowed) this.inconclusive++;
    return { commands: writer.commands.slice(0, writer.count * STRIDE), questions: writer.questions, run: writer.run };
  }

  /** Waits for the answers; the first that is wrong, or null. */
  judge({ questions, run, commands }: Sent): TargetFailure | null {
    const { outcomes, trouble, stderr } = run.finish();
    this.answers = outcomes;
    if (trouble !== null) {
      const violation = { ...emptyViolation(), property: "response" as const, strategy: "target" as const };
      const step = Math.min(Math.max(0, trouble.step), commands.length / STRIDE - 1);
      this.target.restart();
      return { step, violation, trouble: trouble.what, stderr, answers: outcomes };
    }
    if (outcomes.includes(null)) this.inconclusive++;
    for (const [at, question] of questions.entries()) {
      const actual = outcomes[at] ?? null;
      if (actual === null) continue;
      if (!sameOutcome(actual, question.expected)) this.stale++;
      const property = brokenBy(question, actual);
      if (property === null) continue;
      const { step, context, page, access, expected } = question;
      const severity = this.severity(commands, question, actual);
      const violation: Violation = {
        ...{ property, strategy: "target", context, page, access, expected, actual, severity, cache: -1 },
      };
      return { step, violation, trouble: null, stderr: [], answers: outcomes.slice(0, at + 1) };
    }
    return null;
  }

  /** The models go back to the step of a question. */
  private severity(commands: Float64Array, question: Question, actual: number): Severity {
    const { machine, view } = this;
    machine.reset();
    for (let at = 0; at <= question.step; at++) machine.step(commands, at);
    view.refresh(true);
    return view.severity(question.context, question.page, question.expected, actual);
  }

  /** The commands without those that the target does not know. */
  accepted(commands: Float64Array): Float64Array {
    const kept = Array.from({ length: commands.length / STRIDE }, (_, at) => at).filter((at) =>
      this.target.accepts(commands, at),
    );
    const into = new Float64Array(kept.length * STRIDE);
    kept.forEach((from, to) => {
      into.set(commands.subarray(from * STRIDE, (from + 1) * STRIDE), to * STRIDE);
    });
    return into;
  }

  /** A sequence whose answers will not come: the target was ended. */
  drop({ commands, questions }: Sent): void {
    this.commandCount -= commands.length / STRIDE;
    this.translations -= questions.length;
  }

  /** Runs commands from the start state; the first failure, or null. */
  runCommands(commands: Float64Array): TargetFailure | null {
    return this.judge(this.sendCommands(commands));
  }
}

function brokenBy(question: Question, actual: number): "refinement" | "agreement" | null {
  if (sameOutcome(actual, question.expected)) return null;
  if (question.isSettled) return "agreement";
  return question.allowed.some((outcome) => sameOutcome(outcome, actual)) ? null : "refinement";
}

/** Steps machine and target together and notes what is asked. */
class Writer {
  readonly commands: Float64Array;
  readonly questions: Question[] = [];
  count = 0;

  constructor(
    private readonly machine: Machine,
    private readonly view: View,
    private readonly target: Target,
    readonly run: TargetRun,
    room: number,
  ) {
    this.commands = new Float64Array(room * STRIDE);
  }

  get isFull(): boolean {
    return this.count * STRIDE >= this.commands.length || this.machine.overflowed;
  }

  takeAll(commands: Float64Array, count: number): void {
    for (let at = 0; at < count && !this.isFull; at++) this.take(commands.subarray(at * STRIDE, (at + 1) * STRIDE));
  }

  /** Whether the command was taken: the target knows it. */
  take(command: Float64Array): boolean {
    if (!this.target.accepts(command, 0)) return false;
    const at = this.count++;
    this.commands.set(command.subarray(0, STRIDE), at * STRIDE);
    this.machine.step(this.commands, at);
    this.view.refresh(false);
    this.run.step(this.commands, at);
    if (command[0] === KIND.dma) this.ask(at, command);
    return true;
  }

  private ask(step: number, command: Float64Array): void {
    const { machine, view } = this;
    const context = command[D.context]!;
    const page = pagePosition(machine.geometry.iova, command[D.iova]!);
    const access = command[D.access] === 1 ? 1 : 0;
    if (page < 0 || context >= view.contexts) return;
    const request = context * view.pages + page;
    const allowed: number[] = [];
    for (let answer = view.answerFrom[request]!; answer < view.answerTo[request]!; answer++)
      allowed.push(outcomeOf(view.answers[answer]!, access));
    if (view.mayFault(context, page)) allowed.push(view.possibleFault(context, page));
    const expected = outcomeOf(view.oracle(context, page), access);
    const isSettled = view.isSettled(context, page);
    this.questions.push({ step, context, page, access, expected, isSettled, allowed });
  }
}
